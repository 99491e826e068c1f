import { expect } from 'chai';
import { limitedHandler } from '../../../src/scim/endpoint/limited-handler.ts';
import { ScimError } from '../../../src/scim/model/scim-error.ts';
import type { RequestContext, ResourceHandler } from '../../../src/scim/port/resource-handler.ts';
import { FakeResourceHandler } from '../../support/fake-resource-handler.ts';
import { groupType, userType, userUrn } from '../../support/resource-types.ts';

const nothing = { members: false, groups: false };

function contextOf(client: Partial<RequestContext['client']>): RequestContext {
  return {
    tenant: 'default',
    client: { id: 'c1', name: 'HR', ...client },
    profile: 'auto',
    triggeredBy: 'scim',
    requestId: 'r1',
    dryRun: false,
  };
}

const usersOnly = contextOf({ resourceTypes: ['User'] });
const query = { condition: undefined, sort: undefined, wants: nothing, count: 1, page: { startIndex: 1 } } as const;

describe('limitedHandler', () => {
  let handler: ResourceHandler;
  beforeEach(async () => {
    const inner = new FakeResourceHandler();
    await inner.create(usersOnly, userType, { schemas: [userUrn], userName: 'ines' }, nothing);
    await inner.create(usersOnly, groupType, { displayName: 'Harbour' }, nothing);
    handler = limitedHandler(inner);
  });

  const calls: Readonly<Record<string, (on: ResourceHandler, of: RequestContext) => Promise<unknown>>> = {
    create: async (on, of) => on.create(of, groupType, { displayName: 'Crew' }, nothing),
    read: async (on, of) => on.read(of, groupType, 'g2', nothing),
    list: async (on, of) => on.list(of, groupType, query),
    replace: async (on, of) => on.replace(of, groupType, 'g2', { displayName: 'Crew' }, {}, nothing),
    patch: async (on, of) => on.patch(of, groupType, 'g2', [], {}, nothing),
    remove: async (on, of) => on.remove(of, groupType, 'g2', {}),
  };

  for (const [name, call] of Object.entries(calls)) {
    it(`refuses to ${name} what its client is not to use, alone, among all or nothing, and staged`, async () => {
      const refusals = [
        async () => call(handler, usersOnly),
        async () => handler.atomically(async (inner) => ({ keep: true, answer: await call(inner, usersOnly) })),
        async () => handler.stage(async (inner) => void (await call(inner, usersOnly))),
      ];
      for (const refused of refusals) {
        expect(await refused().then(() => 'done', saidBy)).to.deep.equal([
          403,
          "client 'HR' is limited to User: it may not use Group.",
        ]);
      }
    });

    it(`lets a client without limits ${name}`, async () => {
      expect(await call(handler, contextOf({})).then(() => 'done', saidBy)).to.equal('done');
    });
  }

  it('lets a client with limits write what it is limited to', async () => {
    const replaced = { schemas: [userUrn], userName: 'tove' };
    const { resource } = await handler.replace(usersOnly, userType, 'u1', replaced, {}, nothing);
    expect(resource).to.include({ userName: 'tove' });
    expect(await handler.remove(usersOnly, userType, 'u1', {})).to.equal(undefined);
  });

  it('lets a client that may write some attributes alone remove nothing', async () => {
    const phones = contextOf({ attributes: ['title', 'phoneNumbers'] });
    expect(await handler.remove(phones, userType, 'u1', {}).then(() => 'done', saidBy)).to.deep.equal([
      403,
      "client 'HR' may write title, phoneNumbers alone, so it removes no resource.",
    ]);
    expect((await handler.read(phones, userType, 'u1', nothing)).resource).to.include({ userName: 'ines' });
  });
});

function saidBy(cause: unknown): unknown {
  return cause instanceof ScimError ? [cause.status, cause.message] : cause;
}
