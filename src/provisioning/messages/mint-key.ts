import type { Prepared } from '../../notify/delivery/addressee.ts';
import type { Delivery } from '../../notify/delivery/delivery.ts';
import type { Settings } from '../../config/settings.ts';
import { methodOfDelivery, requestOf } from './awaited-delivery.ts';
import { changeInvitation } from '../first-key/first-key-request.ts';
import type { Rules, UserDraft } from '../user/user-draft.ts';
import { generatePassword } from '../passwords/generate-password.ts';
import { codeOfInvitation, generateCode } from '../first-key/invitation-code.ts';
import {
  addLink,
  expiryOf,
  hashToken,
  linkOf,
  linkPage,
  newToken,
  purposeOfLink,
  setCode,
} from '../first-key/invitations.ts';
import { readOnboarding } from '../user/latchkey-extension.ts';
import { noteMailed, takeGenerated } from '../first-key/mailed-password.ts';
import { mustChangeMailed } from '../user/forced-change.ts';
import type { SentMessage } from '../records/account.ts';
import { codeOf, keepMinted, linkOfDelivery, passwordOf, secretFor } from './minted-secret.ts';
import { pageLink } from './page-link.ts';
import type { StoredRecord } from '../records/resource-store.ts';
import { openSealedPassword } from '../passwords/sealed-password.ts';
import type { ServiceParts } from '../first-key/service-parts.ts';

/** What minting works with. */
export interface MintParts extends Pick<ServiceParts, 'hasher' | 'secrets'> {
  /** What the tenant's links begin with. */
  readonly publicUrl: string;
  /** Codes of an invitation are derived with it. */
  readonly codeKey: Buffer;
}

type Values = Extract<Prepared, { readonly outcome: 'send' }>['values'];

/** A secret made for one message: what the message says, and what the record keeps of it. */
export interface Minted {
  readonly values: Values;
  /** Where an earlier try went with the same secret: it is for this address alone. */
  readonly wentTo?: string | undefined;
  /** Puts the hash on the record. */
  readonly keep: (draft: UserDraft, rules: Rules, sent: SentMessage & { readonly to: string }) => void;
}

/** Makes the secret that the message needs; undefined when it needs none. Slow: outside any line of writers. */
export async function mintKey(
  parts: MintParts,
  delivery: Delivery,
  record: StoredRecord,
  rules: Rules,
  to: string,
): Promise<Minted | undefined> {
  const { publicUrl } = parts;
  const { settings, now } = rules;
  if (delivery.template === 'revealCode') return mintSecondCode(parts, delivery, record, rules, to);
  if (requestOf(delivery) === undefined) return undefined;
  if (delivery.template === 'password') return mintPassword(parts, delivery, record, settings, to);
  const invitation = record.account!.invitation!;
  const method = methodOfDelivery(delivery, record.account!);
  const isAdded = requestOf(delivery) === 'recovery' && invitation.purpose !== 'recovery';
  const own = expiryOf(method, settings, now);
  // Anybody can ask for a way in: that takes no time from what was sent before.
  const expiresAt = isAdded && invitation.expiresAt !== undefined ? laterOf(own, invitation.expiresAt) : own;
  if (method === 'emailLink') {
    const purpose = isAdded ? { purpose: 'recovery' as const } : {};
    const inForce = linkOfDelivery(invitation, delivery);
    const token = await secretFor(parts, delivery, record, { inForce, to }, newToken, hashToken);
    return {
      values: { link: `${publicUrl}/${linkPage(purposeOfLink(purpose, invitation))}?token=${token.secret}`, expiresAt },
      wentTo: token.wentTo,
      keep: (draft, _, sent) => {
        changeInvitation(draft, (live) =>
          linkOf(live, token.hash) === undefined
            ? addLink(live, { tokenHash: token.hash, ...purpose, ...sent }, expiresAt)
            : { ...live, expiresAt },
        );
        keepMinted(draft, token.sealed);
      },
    };
  }
  const code = await secretFor(parts, delivery, record, { inForce: codeOf(invitation, delivery), to }, () =>
    codeOfInvitation(parts.codeKey, invitation.id, settings.onboarding.code),
  );
  return {
    values: {
      code: code.secret,
      link: pageLink(publicUrl, 'set-password', readOnboarding(record.resource)),
      expiresAt,
    },
    wentTo: code.wentTo,
    keep: (draft, _, sent) => {
      changeInvitation(draft, (live) =>
        live.code?.hash === code.hash ? { ...live, expiresAt } : setCode(live, { hash: code.hash, ...sent }, expiresAt),
      );
      keepMinted(draft, code.sealed);
    },
  };
}

/** The later of two ends; null is none. */
function laterOf(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return null;
  return one < other ? other : one;
}

async function mintPassword(
  parts: MintParts,
  delivery: Delivery,
  record: StoredRecord,
  settings: Settings,
  to: string,
): Promise<Minted> {
  const { secrets, publicUrl } = parts;
  const onboarding = readOnboarding(record.resource);
  const given = openSealedPassword(record, secrets);
  const made =
    given === undefined
      ? await secretFor(parts, delivery, record, { inForce: passwordOf(record, delivery), to }, () =>
          generatePassword(settings.passwords.minLength),
        )
      : undefined;
  return {
    values: {
      password: made?.secret ?? given ?? null,
      mustChange: mustChangeMailed(onboarding, settings),
      link: pageLink(publicUrl, 'sign-in', onboarding),
      expiresAt: null,
    },
    wentTo: made?.wentTo,
    keep: (draft, rules, sent) => {
      if (made === undefined) return noteMailed(draft, sent);
      if (draft.account.passwordHash !== made.hash) takeGenerated(draft, rules, made.hash, sent);
      keepMinted(draft, made.sealed);
    },
  };
}

/** The code that goes to a phone because the link to the password went by mail. */
async function mintSecondCode(
  parts: MintParts,
  delivery: Delivery,
  record: StoredRecord,
  { settings, now }: Rules,
  to: string,
): Promise<Minted> {
  const { publicUrl } = parts;
  const code = await secretFor(parts, delivery, record, { inForce: record.account?.invitation?.secondCode, to }, () =>
    generateCode(settings.onboarding.code),
  );
  const expiresAt = expiryOf('smsOtp', settings, now);
  return {
    values: { code: code.secret, link: `${publicUrl}/reveal-password`, expiresAt },
    wentTo: code.wentTo,
    keep: (draft, _, { to }) => {
      changeInvitation(draft, (live) => ({
        ...live,
        secondCode: { requestedAt: now.toISOString(), ...live.secondCode, hash: code.hash, expiresAt, to },
      }));
      keepMinted(draft, code.sealed);
    },
  };
}
