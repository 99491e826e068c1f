import { SealBrokenError, type SecretBox } from '../../base/secret-box.ts';
import type { Delivery } from '../../notify/delivery/delivery.ts';
import type { ServiceParts } from '../first-key/service-parts.ts';
import type { Account, Invitation } from '../records/account.ts';
import type { StoredRecord } from '../records/resource-store.ts';
import type { UserDraft } from '../user/user-draft.ts';

/** What a minted secret is bound to beside its tenant and user (see `secret-box.ts`). */
const purpose = 'minted-secret';
/** Messages under way for one user, at most: an invitation, its reminder, a second code. */
const kept = 3;

type Sealed = NonNullable<Account['minted']>[number];

/** A link's token, a code or a password that was made for one message, and the hash that is in force for it. */
interface MintedSecret {
  readonly secret: string;
  readonly hash: string;
}

/**
 * The secret that an earlier try of this delivery carried. A server may have taken that try without our hearing of it:
 * the next one carries the same secret, so that both messages are good.
 * @param inForce the hash that the record holds now: a secret of another hash is worth nothing any more
 * @returns undefined where there was no earlier try, or its secret is replaced, or the key is gone
 */
function mintedBefore(
  { tenant, id, account }: StoredRecord,
  delivery: string,
  inForce: string | undefined,
  secrets: SecretBox,
): MintedSecret | undefined {
  const minted = account?.minted?.find((one) => one.delivery === delivery);
  if (minted === undefined || minted.hash !== inForce) return undefined;
  try {
    return {
      secret: secrets.open(minted.sealed, { tenant, id, purpose: `${purpose}:${delivery}` }),
      hash: minted.hash,
    };
  } catch (error) {
    if (error instanceof SealBrokenError) return undefined;
    throw error;
  }
}

/** What the secret of a delivery is sealed for. */
export function purposeOfMinted(delivery: string): string {
  return `${purpose}:${delivery}`;
}

/** The sealed form of a secret, for the record of this user. */
function sealMinted(
  { tenant, id }: Pick<StoredRecord, 'tenant' | 'id'>,
  delivery: string,
  { secret, hash }: MintedSecret,
  secrets: SecretBox,
): Sealed {
  return { delivery, hash, sealed: secrets.seal(secret, { tenant, id, purpose: `${purpose}:${delivery}` }) };
}

/** What the record holds of a secret now: its hash, and where it went. */
type InForce = { readonly hash?: string | undefined; readonly to?: string | undefined };

/** The code in force, if this delivery carried it. */
export function codeOf({ code }: Invitation, { id }: Delivery): InForce | undefined {
  return code?.delivery === id ? code : undefined;
}

/** The newest link that this delivery carried; the older ones stay good as well. */
export function linkOfDelivery({ links }: Invitation, { id }: Delivery): InForce | undefined {
  const link = links.find(({ delivery }) => delivery === id);
  return link === undefined ? undefined : { hash: link.tokenHash, to: link.to };
}

/** The password in force, and where this delivery took it. */
export function passwordOf({ account }: StoredRecord, { id }: Delivery): InForce {
  return { hash: account?.passwordHash, to: account?.mailedTo?.find(({ delivery }) => delivery === id)?.to };
}

/**
 * The secret of an earlier try of this delivery, as long as it is in force and went to the same address; else a new
 * one. Slow where it is new.
 * @param make makes a new secret
 * @param hash what is kept of it; default: as of a password
 * @returns also where the earlier try went, and what the record is to keep of it
 */
export async function secretFor(
  { hasher, secrets }: Pick<ServiceParts, 'hasher' | 'secrets'>,
  { id }: Delivery,
  record: StoredRecord,
  { inForce, to }: { readonly inForce: InForce | undefined; readonly to: string },
  make: () => string,
  hash: (secret: string) => Promise<string> | string = (secret) => hasher.hash(secret),
): Promise<MintedSecret & { readonly wentTo: string | undefined; readonly sealed: Sealed }> {
  const before = inForce?.to === to ? mintedBefore(record, id, inForce.hash, secrets) : undefined;
  const secret = before?.secret ?? make();
  const minted = { secret, hash: before?.hash ?? (await hash(secret)) };
  return { ...minted, wentTo: before === undefined ? undefined : to, sealed: sealMinted(record, id, minted, secrets) };
}

/** Keeps it until the delivery has ended. */
export function keepMinted(draft: UserDraft, minted: Sealed): void {
  const others = (draft.account.minted ?? []).filter(({ delivery }) => delivery !== minted.delivery);
  draft.account = { ...draft.account, minted: [minted, ...others].slice(0, kept) };
}

/** The delivery has ended: what it carried is kept as a hash alone. */
export function forgetMinted(draft: UserDraft, delivery: string): void {
  const { minted, ...account } = draft.account;
  if (minted === undefined) return;
  const others = minted.filter((one) => one.delivery !== delivery);
  draft.account = others.length === 0 ? account : { ...account, minted: others };
}
