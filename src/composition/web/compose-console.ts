import { AdministratorActions } from '../../administrators/administrator-actions.ts';
import {
  AdministratorAddressee,
  noticeDelivery,
  type AdministratorNotice,
  type NoticeWords,
} from '../../administrators/administrator-addressee.ts';
import { AdministratorRecords } from '../../administrators/administrator-records.ts';
import { CompanyAccounts } from '../../administrators/oidc/company-accounts.ts';
import { CompanySignIn } from '../../administrators/oidc/company-sign-in.ts';
import { OidcProvider } from '../../administrators/oidc/oidc-provider.ts';
import { ConsoleAccess } from '../../administrators/console-access.ts';
import { ConsoleSessions } from '../../administrators/console-sessions.ts';
import { FirstOwner } from '../../administrators/first-owner.ts';
import { Passkeys } from '../../administrators/passkeys.ts';
import { SecurityLog } from '../../administrators/security-log.ts';
import { OperationCaller } from '../../console/visit/call-operation.ts';
import { ConsoleSite } from '../../console/console-site.ts';
import { loadConsoleWords } from '../../console/visit/console-words.ts';
import { spoolUpload } from '../../http/upload/spool-upload.ts';
import { limitPosts } from '../../http/limit-posts.ts';
import { senderDomain } from '../../notify/mail/sender-domain.ts';
import type { ApiDocument } from '../../operations/api-document.ts';
import type { Operation } from '../../operations/operation.ts';
import { packageFile } from '../../base/package-root.ts';
import { SignInLimits } from '../../provisioning/access/sign-in-limits.ts';
import { tenantPages } from '../../pages/tenant-pages.ts';
import { tenantOfRequest } from '../../tenancy/request-tenant.ts';
import { rootTenant } from '../../tenancy/tenant.ts';
import type { SetupPageParts } from '../../console/connect/setup-page.ts';
import { consolePages } from './console-pages.ts';
import type { Core } from '../core/core.ts';

/** The people who administer, and how they come in. */
export interface Administration {
  readonly actions: AdministratorActions;
  /** The administrators behind deliveries. */
  readonly addressee: AdministratorAddressee;
  /** Files a message to an administrator. */
  readonly notify: (
    tenant: string,
    to: string,
    notice: AdministratorNotice,
    data?: Readonly<Record<string, string | number>>,
  ) => Promise<void>;
  readonly records: AdministratorRecords;
  readonly sessions: ConsoleSessions;
  readonly securityLog: SecurityLog;
  readonly access: ConsoleAccess;
  readonly passkeys: Passkeys;
  readonly company: CompanySignIn;
  readonly first: FirstOwner;
}

/** Puts together what console accounts need. */
export function composeAdministration(core: Core, wake: () => void): Administration {
  const { store, clock, secrets, tenants, settingsOf, publicUrlOf } = core;
  const { notes, leases } = store;
  const records = new AdministratorRecords(notes);
  const sessions = new ConsoleSessions(notes, clock);
  const securityLog = new SecurityLog(notes, clock);
  const [key] = secrets.derive('console sign-in limits');
  const limits = new SignInLimits(store.tallies, key!);
  const words = loadConsoleWords(packageFile('locales/console'));
  const wordsFor = (languages: readonly string[]): NoticeWords => {
    const spoken = languages
      .map((one) => words.get(one.toLowerCase().split('-', 1)[0]!))
      .find((one) => one !== undefined);
    return (name, values) => (spoken ?? words.get('en')!).text(name, values);
  };
  const notify: Administration['notify'] = async (tenant, to, notice, data) => {
    await store.outbox.settleEvents(
      [],
      [noticeDelivery(clock, tenant, to, notice, senderDomain(tenants.of(tenant).sender), data)],
    );
    wake();
  };
  const actions = new AdministratorActions({
    ...core,
    notes,
    leases,
    records,
    sessions,
    securityLog,
    mailReset: ({ tenant, id }) => notify(tenant, id, 'passwordReset'),
    mailInvitation: ({ tenant, id, invitedBy, role }) =>
      notify(tenant, id, 'invitation', { by: invitedBy ?? settingsOf(tenant).productName, role }),
  });
  const first = new FirstOwner({ ...core, notes, leases, records, securityLog });
  const access = new ConsoleAccess({ ...core, records, sessions, securityLog, limits });
  const endInvitations = (tenant: string, id: string) => actions.links.end(tenant, id);
  const company = new CompanySignIn({
    ...core,
    notes,
    records,
    sessions,
    securityLog,
    access,
    provider: new OidcProvider(core.config.webhookHosts, () => clock.now().getTime()),
    accounts: new CompanyAccounts({ records, sessions, securityLog, clock, endInvitations }),
  });
  return {
    actions,
    addressee: new AdministratorAddressee({ records, actions, first, settingsOf, wordsFor, publicUrlOf, clock }),
    notify,
    records,
    sessions,
    securityLog,
    passkeys: new Passkeys({
      ...core,
      notes,
      records,
      securityLog,
      nameOf: (tenant) => settingsOf(tenant).productName,
    }),
    access,
    company,
    first,
  };
}

/**
 * The way in while there is no owner: a new link to print. Where `LATCHKEY_ADMIN_EMAIL` is set it is mailed instead,
 * once a day at most, however often the server starts.
 */
export async function newOwnerLink(
  { config, store, clock, publicUrl, log }: Core,
  { first, notify }: Pick<Administration, 'first' | 'notify'>,
): Promise<string | undefined> {
  const { adminEmail } = config;
  if (adminEmail === undefined) {
    const token = await first.newToken(rootTenant);
    return token === undefined ? undefined : `${publicUrl}/console/start?token=${token}`;
  }
  if (await first.exists(rootTenant)) return undefined;
  const expiresAt = new Date(clock.now().getTime() + 86_400_000).toISOString();
  const once = { tenant: rootTenant, kind: 'firstOwnerMail', key: adminEmail.slice(0, 200), value: {}, expiresAt };
  const { outcome } = await store.notes.put(once, 0);
  if (outcome === 'done') await notify(rootTenant, adminEmail, 'firstOwner');
  log.info('the console has no owner yet: the link that makes the first one was mailed to LATCHKEY_ADMIN_EMAIL');
  return undefined;
}

/**
 * Puts together the console of each tenant. Each area's pages are registered here, one line each.
 * @param operations those that the APIs serve: the console shows the same answers
 */
export function composeConsole(
  core: Core,
  administration: Administration,
  document: ApiDocument,
  operations: Readonly<Record<string, Operation>>,
  setup: SetupPageParts,
): ReturnType<typeof tenantPages> {
  const { store, tenants, publicUrlOf, settingsOf, bookOf, clock, log } = core;
  const words = loadConsoleWords(packageFile('locales/console'));
  const caller = new OperationCaller(document, operations);
  const limit = limitPosts();
  const consoleOf = (tenant: string): ConsoleSite['router'] => {
    const site = new ConsoleSite({
      tenant,
      isMain: tenant === rootTenant,
      publicUrl: publicUrlOf(tenant),
      settingsOf,
      isServed: () => tenants.find(tenant)?.status === 'active',
      locales: bookOf(tenant).wordingFor(undefined).locales,
      words,
      access: administration.access,
      passkeys: administration.passkeys,
      company: administration.company,
      operations: caller,
      signingKeys: () => tenants.of(tenant).keys('console'),
      notes: store.notes,
      clock,
      report: (error) => log.error({ err: error }, 'a page of the console failed'),
      limit,
      takeUpload: spoolUpload,
    });
    consolePages(site, { ...administration, setup });
    return site.router;
  };
  return tenantPages({
    tenantOf: async (request) => (await tenants.load(tenantOfRequest(request)))?.id,
    pagesOf: consoleOf,
  });
}
