import { expect } from 'chai';
import type { Credential } from '../../../src/domain/credential.ts';
import { viewCredential } from '../../../src/operations/access/client-view.ts';

describe('a credential as administrators see it', () => {
  const now = new Date('2036-03-01T08:00:00.000Z');
  const made = (expiresAt: string | undefined, createdAt = '2035-04-01T08:00:00.000Z'): Credential => ({
    tenant: 'default',
    client: 'c1',
    id: 'k1',
    kind: 'token',
    hash: 'never shown',
    createdAt,
    createdBy: 'ines',
    ...(expiresAt === undefined ? {} : { expiresAt }),
  });

  for (const [title, expiresAt, days] of [
    ['in half a year', '2036-09-01T08:00:00.000Z', undefined],
    ['in 31 days', '2036-04-01T08:00:00.000Z', 31],
    ['in an hour', '2036-03-01T09:00:00.000Z', 1],
    ['an hour ago', '2036-03-01T07:00:00.000Z', undefined],
    ['never', undefined, undefined],
  ] as const)
    it(`tells the days that are left of one that ends ${title}`, () => {
      const view = viewCredential(made(expiresAt), undefined, now) as { readonly endsInDays?: number };
      expect(view.endsInDays).to.equal(days);
      expect(JSON.stringify(view)).not.to.include('never shown');
    });

  it('tells nothing of a short life before a step that is within it', () => {
    const view = viewCredential(made('2036-03-11T08:00:00.000Z', '2036-02-29T08:00:00.000Z'), undefined, now);
    expect(view).not.to.have.property('endsInDays');
  });
});
