import type { SecretBox } from '../base/secret-box.ts';
import type { Note, Notes } from '../domain/notes.ts';
import { deferredKind, openKind, requestPurpose, requestSuffix } from './deferred-notes.ts';

const pageSize = 100;

/**
 * Forgets batches that wait, or have failed, and name a person who is erased: the request is kept sealed until it is
 * done, with all that it says of them. Their client is told to send the rest again.
 * @param isTheirs whether a text names the person
 * @returns how many
 */
export async function forgetRequests(
  { notes, secrets }: { readonly notes: Notes; readonly secrets: Pick<SecretBox, 'open'> },
  tenant: string,
  isTheirs: (text: string) => boolean,
): Promise<number> {
  let forgotten = 0;
  for (let after: string | undefined = ''; after !== undefined;) {
    const page: readonly Note[] = await notes.list({ tenant, kind: deferredKind, after, limit: pageSize });
    for (const { key, value } of page) {
      if (!key.endsWith(requestSuffix) || typeof value['sealed'] !== 'string') continue;
      const transaction = key.slice(0, -requestSuffix.length);
      const text = secrets.open(value['sealed'], { tenant, id: transaction, purpose: requestPurpose });
      if (!isTheirs(text)) continue;
      await tell(notes, tenant, transaction);
      await notes.remove(tenant, deferredKind, key);
      await notes.remove(tenant, openKind, transaction);
      forgotten += 1;
    }
    after = page.length < pageSize ? undefined : page.at(-1)?.key;
  }
  return forgotten;
}

async function tell(notes: Notes, tenant: string, transaction: string): Promise<void> {
  const note = await notes.find(tenant, deferredKind, transaction);
  if (note === undefined) return;
  const { version, ...draft } = note;
  const detail = 'The batch names a person who was erased before it was done: send its other operations again.';
  await notes.put({ ...draft, value: { ...note.value, status: 409, detail } }, version);
}
