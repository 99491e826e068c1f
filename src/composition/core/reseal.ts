import { AdministratorRecords } from '../../administrators/administrator-records.ts';
import { installation } from '../../domain/notes.ts';
import type { StorePage } from '../../provisioning/records/resource-store.ts';
import { purposeOfMinted } from '../../provisioning/messages/minted-secret.ts';
import { purposeOfPassword } from '../../provisioning/passwords/sealed-password.ts';
import { keep, write } from '../../provisioning/user/change-user.ts';
import { SealBrokenError, type SealedFor } from '../../base/secret-box.ts';
import { purposeOfCapturedMail, type Core } from './core.ts';
import { resealAttributes } from './reseal-attributes.ts';

/** What re-sealing has come to. */
export interface Resealed {
  /** Secrets that are sealed with the newest key now. */
  resealed: number;
  /** Secrets that no key of the ring opens: they were lost before. */
  unreadable: number;
}

const pageSize = 200;
const cursorKind = 'reseal';

/** As many captured mails as there are. */
const mostMails = 1_000;

/** Who re-seals has this lease: a turn of it is one tenant, or a page of its users. */
const leaseName = 'reseal';
const leaseMs = 60_000;

/**
 * Reseals with the newest key what older keys have sealed: passwords and codes of messages under way, secrets of
 * administrators' second factors, of webhooks and gateways, secret attributes of resources, and captured mail.
 * Latchkey keeps serving meanwhile; after an interruption it continues where it was.
 */
export async function reseal(core: Core, holder = core.clock.newId()): Promise<Resealed> {
  const { tenants, secrets, store } = core;
  const [active = ''] = secrets.keyIds;
  const result: Resealed = { resealed: 0, unreadable: 0 };
  await store.notes.put({ ...markOf(active), value: {} }, undefined);
  for (const { id } of tenants.all()) {
    await resealUsers(core, id, active, result, holder);
    await resealAdministrators(core, id, result);
    await core.keptSecrets.reseal(id, (sealed, owner) => anew(core, sealed, owner, result));
    await resealMail(core, id, result);
    const goOn = () => store.leases.take(leaseName, holder, leaseMs);
    result.resealed += await resealAttributes(core, id, goOn);
  }
  const { tenant, kind, key } = markOf(active);
  await store.notes.remove(tenant, kind, key);
  await store.leases.release(leaseName, holder);
  return result;
}

/**
 * Goes on with a re-sealing that a stop or a crash has cut short, unless another does so.
 * @returns undefined where there is nothing to go on with
 */
export async function goOnResealing(core: Core): Promise<Resealed | undefined> {
  const { tenant, kind, key } = markOf(core.secrets.keyIds[0] ?? '');
  if ((await core.store.notes.find(tenant, kind, key)) === undefined) return undefined;
  const holder = core.clock.newId();
  return (await core.store.leases.take(leaseName, holder, leaseMs)) ? reseal(core, holder) : undefined;
}

/** Says that re-sealing with a key has begun and has not come to its end. */
function markOf(active: string) {
  return { tenant: installation, kind: cursorKind, key: `${active}/` };
}

async function resealMail(core: Core, tenant: string, result: Resealed): Promise<void> {
  const mails = await core.store.mailbox.list(tenant, mostMails);
  const texts = mails
    .filter(({ text }) => !core.secrets.isCurrent(text, tenant))
    .map(({ id, text }) => [text, anew(core, text, { tenant, id, purpose: purposeOfCapturedMail }, result)] as const);
  if (texts.length > 0) await core.store.mailbox.rewrite(tenant, texts);
}

async function resealUsers(
  core: Core,
  tenant: string,
  active: string,
  result: Resealed,
  holder: string,
): Promise<void> {
  const { store, userType, changeUser } = core;
  const place = { tenant: installation, kind: cursorKind, key: `${active}/${tenant}` };
  const kept = (await store.notes.find(place.tenant, place.kind, place.key))?.value['after'];
  for (let after: string | undefined = typeof kept === 'string' ? kept : ''; after !== undefined;) {
    await store.leases.take(leaseName, holder, leaseMs);
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
