import { AdministratorRecords } from '../../administrators/administrator-records.ts';
import { installation } from '../../domain/notes.ts';
import type { StorePage } from '../../provisioning/records/resource-store.ts';
import { purposeOfMinted } from '../../provisioning/messages/minted-secret.ts';
import { purposeOfPassword } from '../../provisioning/passwords/sealed-password.ts';
import { keep, write } from '../../provisioning/user/change-user.ts';
import { SealBrokenError, type SealedFor } from '../../base/secret-box.ts';
import type { Core } from './core.ts';

/** What re-sealing has come to. */
export interface Resealed {
  /** Secrets that are sealed with the newest key now. */
  resealed: number;
  /** Secrets that no key of the ring opens: they were lost before. */
  unreadable: number;
}

const pageSize = 200;
const cursorKind = 'reseal';

/**
 * Reseals with the newest key what older keys have sealed: passwords and codes of messages under way, and the secrets
 * of administrators' second factors. Latchkey keeps serving meanwhile; after an interruption it continues where it was.
 */
export async function reseal(core: Core): Promise<Resealed> {
  const { tenants, secrets } = core;
  const [active = ''] = secrets.keyIds;
  const result: Resealed = { resealed: 0, unreadable: 0 };
  for (const { id } of tenants.all()) {
    await resealUsers(core, id, active, result);
    await resealAdministrators(core, id, result);
  }
  return result;
}

async function resealUsers(core: Core, tenant: string, active: string, result: Resealed): Promise<void> {
  const { store, userType, changeUser } = core;
  const place = { tenant: installation, kind: cursorKind, key: `${active}/${tenant}` };
  const kept = (await store.notes.find(place.tenant, place.kind, place.key))?.value['after'];
  for (let after: string | undefined = typeof kept === 'string' ? kept : ''; after !== undefined;) {
    const page: StorePage = await store.resources.query({
      tenant,
      type: userType.name,
      condition: undefined,
      sort: undefined,
      limit: pageSize,
      page: { after },
    });
    for (const { id, account } of page.records) {
      const found = [account?.sealedPassword, ...(account?.minted ?? []).map(({ sealed }) => sealed)];
      if (!found.some((one) => one !== undefined && !core.secrets.isCurrent(one, tenant))) continue;
      await changeUser({ tenant, id }, { triggeredBy: 'system' }, (draft) => {
        const { sealedPassword, minted } = draft.account;
        if (sealedPassword === undefined && minted === undefined) return keep(undefined);
        draft.account = {
          ...draft.account,
          ...(sealedPassword === undefined
            ? {}
            : { sealedPassword: anew(core, sealedPassword, { tenant, id, purpose: purposeOfPassword }, result) }),
          ...(minted === undefined
            ? {}
            : {
                minted: minted.map((one) => {
                  const owner = { tenant, id, purpose: purposeOfMinted(one.delivery) };
                  return { ...one, sealed: anew(core, one.sealed, owner, result) };
                }),
              }),
        };
        return write(undefined);
      });
    }
    after = page.next;
    if (after !== undefined) await store.notes.put({ ...place, value: { after } }, undefined);
  }
  await store.notes.remove(place.tenant, place.kind, place.key);
}

async function resealAdministrators(core: Core, tenant: string, result: Resealed): Promise<void> {
  const records = new AdministratorRecords(core.store.notes);
  for (const { id, totp } of await records.list(tenant)) {
    if (totp === undefined || core.secrets.isCurrent(totp.sealed, tenant)) continue;
    await records.change(tenant, id, (before) =>
      before.totp === undefined
        ? before
        : {
            ...before,
            totp: { ...before.totp, sealed: anew(core, before.totp.sealed, { tenant, id, purpose: 'totp' }, result) },
          },
    );
  }
}

function anew({ secrets }: Core, sealed: string, owner: SealedFor, result: Resealed): string {
  if (secrets.isCurrent(sealed, owner.tenant)) return sealed;
  try {
    const text = secrets.seal(secrets.open(sealed, owner), owner);
    result.resealed += 1;
    return text;
  } catch (error) {
    if (!(error instanceof SealBrokenError)) throw error;
    result.unreadable += 1;
    return sealed;
  }
}
