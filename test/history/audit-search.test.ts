import { expect } from 'chai';
import type { DomainEvent } from '../../src/domain/events.ts';
import { auditResource, momentOf } from '../../src/history/audit-event.ts';
import { auditSearch, auditSearchText } from '../../src/history/audit-search.ts';
import { emptyChain, eraseEntry, sealEvents } from '../../src/history/chain-entry.ts';
import { buildSearchDocument } from '../../src/scim/search/search-document.ts';
import { event } from '../contract/fixtures.ts';
import { shippedTypes } from '../support/resource-types.ts';

const samples: readonly Partial<DomainEvent>[] = [
  {},
  {
    type: 'user.updated',
    actor: { kind: 'client', id: 'Client-1', name: 'Ökta ΣΑΣ', credential: 'First' },
    address: '2001:DB8::1',
    requestId: 'Request-1',
    name: 'STRASSE@Example.com',
    reason: 'Because İ said so',
    outcome: 'refused',
    rules: ['capitalisedOp', 'pathless'],
    changes: [
      { path: 'name.givenName', before: '"quoted" \\ \n\u0001\u2028', after: 'half a pair \ud83d, a whole \u{1f511}' },
      { path: 'name.familyName', before: 'Äpfel', after: 'ẞ' },
      { path: 'password' },
      { path: 'title', before: '' },
    ],
  },
  { type: 'delivery.sent', data: { delivery: 'D1', channel: 'email', template: 'invitationCode', reply: '250 OK' } },
  { type: 'audit.erased', resourceType: 'AuditEvent', resourceId: '', version: 0, data: { places: [[1, 3]] } },
  { type: 'invitation.requested', data: { method: 'smsOtp', userName: 'Ines' } },
];

describe('what filters read of an audit event', () => {
  const type = shippedTypes.byName('AuditEvent')!;
  const { entries } = sealEvents(
    emptyChain,
    samples.map((changes, n) => event(`E${n}`, changes)),
  );
  for (const [n, entry] of [...entries, ...entries.map(eraseEntry)].entries())
    it(`is what the schema says of it, in the same order: ${n}`, () => {
      const at = momentOf(entry);
      const resource = auditResource(entry);
      const expected = buildSearchDocument(type, { id: entry.id, resource, version: 1, created: at, lastModified: at });
      expect(JSON.stringify(auditSearch(entry))).to.equal(JSON.stringify(expected));
      expect(auditSearchText(entry)).to.equal(JSON.stringify(expected));
    });
});
