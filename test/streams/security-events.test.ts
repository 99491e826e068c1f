import { expect } from 'chai';
import type { DomainEvent } from '../../src/domain/events.ts';
import { emptyChain, eraseEntry, sealEvents } from '../../src/history/chain-entry.ts';
import { eventUris, placeOf, tokensOf } from '../../src/streams/security-events.ts';
import { event } from '../contract/fixtures.ts';

const feed = {
  id: 'hr',
  iss: 'https://scim.example',
  aud: 'https://receiver.example',
  endpointOf: (type: string) => ({ User: '/Users', Group: '/Groups', Bulk: '/Bulk' })[type],
};
const entryOf = (changes: Partial<DomainEvent>) => {
  const [entry] = sealEvents(emptyChain, [
    event('e1', { resourceId: 'u1', version: 3, requestId: 'r1', changes: [], ...changes }),
  ]).entries;
  return entry!;
};
const told = (changes: Partial<DomainEvent>) => tokensOf(entryOf(changes), feed).map(({ events }) => events);
const scim = 'urn:ietf:params:scim:event';
const risc = 'https://schemas.openid.net/secevent/risc/event-type';

describe('security events of the audit (RFC 9967)', () => {
  const userName = { path: 'userName', after: 'ines@acme.example' };
  const notice = { attributes: ['userName'], version: 'W/"3"' };

  for (const [type, changes, expected] of [
    ['user.created', [userName], [{ [`${scim}:prov:create:notice`]: notice }]],
    ['user.updated', [userName], [{ [`${scim}:prov:patch:notice`]: notice }]],
    ['user.updated', [], []],
    ['user.restored', [], [{ [`${scim}:feed:add`]: {} }]],
    ['user.activated', [], [{ [`${scim}:prov:activate`]: {} }]],
    ['user.reactivated', [], [{ [`${scim}:prov:activate`]: {} }, { [`${risc}/account-enabled`]: {} }]],
    ['user.deactivated', [], [{ [`${scim}:prov:deactivate`]: {} }, { [`${risc}/account-disabled`]: {} }]],
    ['user.deleted', [], [{ [`${scim}:prov:delete`]: {} }, { [`${risc}/account-purged`]: {} }]],
    ['user.erased', [], [{ [`${risc}/account-purged`]: {} }]],
    ['delivery.sent', [], []],
    ['signIn.succeeded', [], []],
  ] as const)
    it(`tells ${type}${changes.length > 0 ? ' with names of attributes alone' : ''} as ${expected.length} tokens`, () => {
      expect(told({ type, changes: [...changes] })).to.deep.equal(expected);
    });

  it('names the subject by its path, and in RISC by issuer and id; both have the transaction of the call', () => {
    const [one, other] = tokensOf(entryOf({ type: 'user.deleted' }), feed);
    expect(one).to.deep.include({
      sub_id: { format: 'scim', uri: '/Users/u1' },
      txn: 'r1',
      iss: feed.iss,
      aud: feed.aud,
    });
    expect(other).to.deep.include({ sub_id: { format: 'iss_sub', iss: feed.iss, sub: 'u1' }, txn: 'r1' });
    expect(one?.jti).to.not.equal(other?.jti);
    expect(placeOf(one?.jti ?? '', 'hr')).to.equal(1);
    expect(placeOf(one?.jti ?? '', 'crm')).to.equal(undefined);
  });

  it('tells of groups without RISC, of nothing that was refused, and of no configuration', () => {
    const removed = told({ type: 'group.deleted', resourceType: 'Group', resourceId: 'g1' });
    expect(removed).to.deep.equal([{ [`${scim}:prov:delete`]: {} }]);
    expect(told({ type: 'user.deleted', outcome: 'held' })).to.deep.equal([]);
    expect(told({ type: 'configuration.created', resourceType: 'Client' })).to.deep.equal([]);
  });

  it('tells the end of an operation of a batch, and of a failed one the error', () => {
    const data = { method: 'POST', bulkId: 'b1', status: '409', scimType: 'uniqueness', detail: 'it is taken' };
    const asked = { type: 'request.completed', resourceId: '', version: 0, requestId: 't:0', data } as const;
    const [token] = tokensOf(entryOf(asked), feed);
    expect(token).to.deep.include({
      txn: 't:0',
      sub_id: { format: 'scim', uri: '/Users' },
      events: {
        [`${scim}:misc:asyncresp`]: {
          method: 'POST',
          bulkId: 'b1',
          status: '409',
          response: {
            schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
            scimType: 'uniqueness',
            detail: 'it is taken',
            status: '409',
          },
        },
      },
    });
  });

  it('keeps telling of an erased person what names nobody', () => {
    const [token] = tokensOf(eraseEntry(entryOf({ type: 'user.created', changes: [userName] })), feed);
    expect(token?.events).to.deep.equal({ [`${scim}:prov:create:notice`]: { attributes: [], version: 'W/"3"' } });
  });

  it('lists each URI that it can tell once', () => {
    expect(new Set(eventUris).size).to.equal(eventUris.length);
    expect(eventUris).to.include.members([`${scim}:prov:create:notice`, `${risc}/account-purged`]);
  });
});
