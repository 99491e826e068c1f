import type { Clock } from '../../base/clock.ts';
import { installation, type Notes } from '../../domain/notes.ts';
import { keyOperations, type KeyView } from '../../operations/access/key-operations.ts';
import type { Operation } from '../../operations/operation.ts';
import type { Core } from './core.ts';
import { reseal, type Resealed } from './reseal.ts';

const keyKind = 'key';

/** Puts together what the operator does about keys. */
export function composeKeys(core: Core): Readonly<Record<string, Operation>> {
  let underWay: Promise<Resealed> | undefined;
  return keyOperations({
    keys: () => keysOf(core),
    rotate: () => {
      // Asked for twice at once it is done once.
      underWay ??= rotate(core).finally(() => {
        underWay = undefined;
      });
      return underWay;
    },
  });
}

/** Remembers since when keys are used. */
export async function noteKeys(notes: Notes, clock: Clock, ids: readonly string[]): Promise<void> {
  for (const key of ids)
    await notes.put({ tenant: installation, kind: keyKind, key, value: { since: clock.now().toISOString() } }, 0);
}

async function rotate(core: Core): Promise<Resealed> {
  const { keyring, secrets, store, clock } = core;
  keyring.renew();
  secrets.use(keyring.keys);
  await noteKeys(store.notes, clock, secrets.keyIds);
  return reseal(core);
}

async function keysOf({ secrets, store }: Core): Promise<readonly KeyView[]> {
  const notes = await store.notes.list({ tenant: installation, kind: keyKind, limit: 1_000 });
  return secrets.keyIds.map((id, index) => {
    const since = notes.find(({ key }) => key === id)?.value['since'];
    return { id, active: index === 0, since: typeof since === 'string' ? since : '' };
  });
}
