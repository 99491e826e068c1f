import { expect } from 'chai';
import { ensureFirstClient } from '../../src/clients/first-client.ts';
import { systemClock } from '../../src/base/clock.ts';
import { composeClients } from '../../src/composition/core/compose-clients.ts';
import type { Notes } from '../../src/domain/notes.ts';

const createdAt = '2026-03-01T08:00:00.000Z';

/** Clients as a Latchkey wrote them that kept a token in each. */
export const olderClients = [
  {
    id: 'a1',
    tenant: 'default',
    name: 'first',
    scopes: ['scim:read', 'admin'],
    profile: 'auto',
    createdAt,
    token: 'one',
  },
  { id: 'a2', tenant: 'other', name: 'hr', scopes: ['scim:write'], profile: 'okta', createdAt, me: 'u1', token: 'two' },
] as const;

/** They are found by their tokens, have the rights they had and no others, and no first token is made beside them. */
export async function expectMoved(notes: Notes, occasion: string): Promise<void> {
  const parts = composeClients(notes, systemClock);
  for (const { token, ...older } of olderClients) {
    const found = await parts.callers.find(token);
    expect(found?.client, occasion).to.deep.equal({
      ...older,
      callsPerSecond: null,
      paused: false,
      existing: 'refuse',
      owns: [],
      guard: null,
    });
    expect(found?.credential)
      .to.include({ kind: 'token', id: 'first', client: older.id })
      .and.not.have.property('expiresAt');
  }
  const warn = (): void => undefined;
  expect(await ensureFirstClient({ ...parts, notes, log: { warn } }, 'default', undefined)).to.equal(undefined);
  expect(await parts.clients.list('default')).to.have.length(1);
}
