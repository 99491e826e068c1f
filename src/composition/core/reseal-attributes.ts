import { createHash } from 'node:crypto';
import { installation } from '../../domain/notes.ts';
import { groupNameUniqueKey } from '../../provisioning/records/lookup-keys.ts';
import type { RecordChange, RecordRef } from '../../provisioning/records/record-change.ts';
import type { StorePage, StoredRecord } from '../../provisioning/records/resource-store.ts';
import { SecretAttributes, secretAttributesOf } from '../../provisioning/passwords/secret-attributes.ts';
import { draftOf, finishDraft, rulesOf } from '../../provisioning/user/change-user.ts';
import type { Core } from './core.ts';

const pageSize = 200;
const kind = 'sealedAttributes';
const leaseMs = 60_000;

/**
 * Seals the values of secret attributes with the newest key: those that an older key has sealed, and those that stand
 * in clear because they were stored before their schema had them as never returned, or by an older Latchkey.
 * @returns how many records were written
 */
export async function resealAttributes(core: Core, tenant: string, meanwhile: () => Promise<unknown>): Promise<number> {
  const secrets = new SecretAttributes(core.secrets);
  let written = 0;
  for (const type of core.types.all()) {
    if (secretAttributesOf(type).length === 0) continue;
    for (let after: string | undefined = ''; after !== undefined;) {
      await meanwhile();
      const page: StorePage = await core.store.resources.query({
        tenant,
        type: type.name,
        condition: undefined,
        sort: undefined,
        limit: pageSize,
        page: { after },
      });
      for (const { id, resource } of page.records) {
        const ref = { tenant, type, id };
        if (secrets.renew(ref, resource) === resource) continue;
        const more = await groupNameKeys(core, ref, resource);
        const isWritten = await core.writer.update<boolean>(
          ref,
          (record) => {
            const renewed = record === undefined ? undefined : secrets.renew(ref, record.resource);
            if (record === undefined || renewed === undefined || renewed === record.resource)
              return { kind: 'keep', answer: false };
            return { kind: 'put', change: { ...changeOf(core, record, renewed), ...more }, answer: () => true };
          },
          { origin: { triggeredBy: 'system' } },
        );
        written += isWritten ? 1 : 0;
      }
      after = page.next;
    }
  }
  return written;
}

/** Seals what stands in clear, once for each set of secret attributes; by one process at a time. */
export async function sealAttributes(core: Core): Promise<void> {
  const paths = core.types.all().flatMap((type) => secretAttributesOf(type).map(({ path }) => `${type.name} ${path}`));
  if (paths.length === 0) return;
  const key = createHash('sha256').update(JSON.stringify(paths)).digest('base64url');
  if ((await core.store.notes.find(installation, kind, key)) !== undefined) return;
  const holder = core.clock.newId();
  const take = () => core.store.leases.take(kind, holder, leaseMs);
  if (!(await take())) return;
  for (const { id } of core.tenants.all()) await resealAttributes(core, id, take);
  await core.store.notes.put({ tenant: installation, kind, key, value: {} }, undefined);
  await core.store.leases.release(kind, holder);
}

/** The same resource, sealed anew: nothing is told to have changed. */
function changeOf(core: Core, record: StoredRecord, renewed: StoredRecord['resource']): RecordChange {
  const compared = { before: {}, after: {} };
  if (record.type !== core.userType.name) return { resource: renewed, events: [], compared };
  return { ...finishDraft({ ...draftOf(record), resource: renewed }, rulesOf(record.tenant, core)), compared };
}

/** A group that holds its name as unique goes on holding it. */
async function groupNameKeys(
  { store }: Core,
  { tenant, type, id }: RecordRef,
  { displayName }: StoredRecord['resource'],
): Promise<Pick<RecordChange, 'uniqueKeys'>> {
  if (type.name !== 'Group' || typeof displayName !== 'string') return {};
  const key = groupNameUniqueKey(displayName);
  const holder = (await store.resources.holdersOf(tenant, type.name, [key])).get(key);
  return holder === id ? { uniqueKeys: [key] } : {};
}
