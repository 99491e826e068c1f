import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { AdministratorActions } from '../../src/administrators/administrator-actions.ts';
import { consolePages } from '../../src/composition/web/console-pages.ts';
import type { SetupLinks } from '../../src/clients/setup-links.ts';
import { OperationCaller } from '../../src/console/visit/call-operation.ts';
import { loadConsoleWords } from '../../src/console/visit/console-words.ts';
import type { JsonObject, Json } from '../../src/base/json.ts';
import { placeholdersIn } from '../../src/text/locales.ts';
import { ApiDocument } from '../../src/operations/api-document.ts';
import { packageFile } from '../../src/base/package-root.ts';
import { roles } from '../../src/domain/role.ts';
import type { ScimError } from '../../src/scim/model/scim-error.ts';
import { ConsoleBench } from '../support/console-bench.ts';
import { MemoryLeases } from '../support/memory-notes.ts';

const document = new ApiDocument();

/** Operations that have no page of their own, and why. */
const withoutPage: Readonly<Record<string, string>> = {
  verifySignIn: 'for applications that sign people in; the hosted pages do the same for people',
  setPassword: 'for applications that sign people in; the hosted pages do the same for people',
  resendCode: 'the name that scripts for another product use; the console resends by `resend`',
  getDocument: 'a description for machines',
  listOnboarding: 'the page of people shows the same with more filters, by `listUsers`',
  listKeys: 'keys are kept and changed where the operator has the secrets: `latchkey keys`',
  rotateKeys: 'keys are kept and changed where the operator has the secrets: `latchkey keys rotate`',
  getOnboarding: 'the page of one person shows the same with the profile, by `getUser`',
};

/** What helpdesk may do: find people, resend, unlock, extend. */
const ofHelpdesk = [
  ...['listOnboarding', 'getOnboarding', 'listDeliveries', 'getOverview', 'getDocument', 'getSettings'],
  ...['resend', 'extend', 'unlock', 'requeueDelivery'],
  // The role for the action on one person decides; `people-jobs.test.ts` holds that.
  ...['start', 'run', 'pause', 'resume', 'cancel', 'undo'].map((wish) => `${wish}PeopleJob`),
];

/** Secrets of clients are the owners' alone. */
const ofOwners = [
  ...['createCredential', 'rotateCredential', 'revokeCredential'],
  ...['createSetupLink', 'revokeSetupLink'],
];

function registered(): ConsoleBench {
  const bench = new ConsoleBench();
  const { notes, records, sessions, securityLog, hasher, clock, first } = bench;
  const leases = new MemoryLeases(() => clock.now());
  const mailInvitation = async () => undefined;
  const actions = new AdministratorActions({
    notes,
    leases,
    records,
    sessions,
    securityLog,
    hasher,
    clock,
    mailInvitation,
    mailReset: mailInvitation,
  });
  const setup = { links: {} as SetupLinks, callsSince: async () => [] };
  consolePages(bench.site, { first, actions, sessions, setup });
  return bench;
}

describe('every operation of openapi.json', () => {
  const { shown } = registered().site;

  it('has its page in the console, or a reason why not', () => {
    const missing = document.operations.filter(({ id }) => !shown.has(id) && withoutPage[id] === undefined);
    expect(missing.map(({ id }) => id)).to.deep.equal([]);
  });

  it('that a page names is in the document', () => {
    const known = new Set(document.operations.map(({ id }) => id));
    expect([...shown].filter((id) => !known.has(id))).to.deep.equal([]);
  });

  for (const role of roles) {
    it(`is refused to ${role} unless its x-roles name the role`, async () => {
      const called: string[] = [];
      const operations = Object.fromEntries(
        document.operations.map(({ id }) => [
          id,
          () => {
            called.push(id);
            return { body: {} };
          },
        ]),
      );
      const caller = new OperationCaller(document, operations);
      const who = { tenant: 'default', requestId: 'r', id: 'a', name: 'Ines', role };
      for (const { id, roles: allowed } of document.operations) {
        const refused = await caller.call(id, who, {}).then(
          () => undefined,
          (error: ScimError) => error,
        );
        // What is missing in the input is refused with 400, after the role was looked at.
        expect(refused?.status === 403, `${role} on ${id}`).to.equal(!allowed.includes(role));
        expect(caller.may(id, { role, operator: true }), `${role} on ${id}`).to.equal(allowed.includes(role));
        if (!allowed.includes(role)) expect(called).not.to.include(id);
      }
    });
  }

  it('says which roles may call it, and keeps to what the roles are for', () => {
    for (const { id, method, roles: allowed, scope } of document.operations) {
      if (scope === 'auth' || scope === 'operator' || id === 'resendCode') continue;
      expect(allowed, `${id} has x-roles`).to.include('owner');
      expect(allowed.includes('admin'), `admin on ${id}`).to.equal(!ofOwners.includes(id));
      // What it does is read: the audit, to prove it.
      if (method !== 'get' && id !== 'verifyAudit')
        expect(allowed, `an auditor changes nothing by ${id}`).not.to.include('auditor');
      const isPeople = /^\/admin\/v1\/(people|users|deleted-users|groups|deliveries|views|saved)/.test(
        document.operations.find((one) => one.id === id)?.path ?? '',
      );
      if (allowed.includes('helpdesk'))
        expect(
          ofHelpdesk.includes(id) || (isPeople && method === 'get') || /view/i.test(id),
          `helpdesk on ${id}`,
        ).to.equal(true);
    }
  });
});

describe('the words of the console', () => {
  const folder = packageFile('locales/console');
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as JsonObject;
  const sections = files.filter((name) => name.endsWith('.en.json')).map((name) => name.split('.', 1)[0]!);

  for (const section of sections) {
    it(`are complete in German, with the same placeholders: ${section}`, () => {
      const [english, german] = [textsOf(read(`${section}.en.json`)), textsOf(read(`${section}.de.json`))];
      expect([...german.keys()].sort()).to.deep.equal([...english.keys()].sort());
      for (const [key, text] of english)
        expect(placeholdersIn(german.get(key) ?? ''), key).to.equal(placeholdersIn(text));
    });
  }

  it('that pages name are there', () => {
    const words = loadConsoleWords(folder).get('en')!;
    const sources = readdirSync(packageFile('src/console'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(packageFile('src/console'), name), 'utf8'));
    const named = sources.flatMap((text) => [...text.matchAll(/\.(?:t|say)\(\s*'([\w.-]+)'/g)].map(([, key]) => key!));
    expect(named.length).to.be.above(100);
    expect([...new Set(named)].filter((key) => !words.has(key))).to.deep.equal([]);
  });

  function textsOf(tree: Json, path = ''): Map<string, string> {
    if (typeof tree === 'string') return new Map([[path, tree]]);
    if (typeof tree !== 'object' || tree === null || Array.isArray(tree)) return new Map();
    // Each language has plural forms of its own.
    if ('other' in tree) return new Map([[path, JSON.stringify(tree['other'])]]);
    return new Map(Object.entries(tree).flatMap(([key, child]) => [...textsOf(child, `${path}/${key}`)]));
  }
});
