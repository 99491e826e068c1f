import type { Clock } from '../base/clock.ts';
import type { Settings } from '../config/settings.ts';
import type { Addressee, Prepared } from '../notify/delivery/addressee.ts';
import type { Delivery } from '../notify/delivery/delivery.ts';
import type { Administrator } from './administrator.ts';
import type { AdministratorActions } from './administrator-actions.ts';
import type { AdministratorRecords } from './administrator-records.ts';
import type { FirstOwner } from './first-owner.ts';

/** What a message to an administrator is about. */
export type AdministratorNotice =
  'invitation' | 'passwordReset' | 'firstOwner' | 'test' | 'credentialEnds' | 'auditCheckpoint';

/**
 * The words of the console in one language; those of a message are `mail.<notice>.subject`, `.text`, `.button`,
 * `.unexpected`.
 */
export type NoticeWords = (key: string, values: Readonly<Record<string, string | number>>) => string;

/** What the addressee works with. */
export interface AdministratorAddresseeParts {
  readonly records: AdministratorRecords;
  readonly actions: AdministratorActions;
  readonly first: FirstOwner;
  readonly settingsOf: (tenant: string) => Settings;
  readonly wordsFor: (languages: readonly string[]) => NoticeWords;
  /** What links begin with, without a slash at the end. */
  readonly publicUrlOf: (tenant: string) => string;
  readonly clock: Clock;
}

const prefix = 'administrator:';

/** Whether a delivery is for an administrator and not for a user. */
export function isForAdministrator({ userId }: Pick<Delivery, 'userId'>): boolean {
  return userId.startsWith(prefix);
}

/**
 * A message to an administrator, ready for the outbox. It holds no secret: links are made in the moment of sending.
 * @param to the account's id; the address itself where there is no account, as for the first owner or an auditor
 * @param data fills the words
 */
export function noticeDelivery(
  clock: Clock,
  tenant: string,
  to: string,
  notice: AdministratorNotice,
  mailDomain: string,
  data: Readonly<Record<string, string | number>> = {},
): Delivery {
  const id = `${clock.newId()}.administratorNotice`;
  const now = clock.now().toISOString();
  return {
    id,
    tenant,
    channel: 'email',
    template: 'administratorNotice',
    userId: `${prefix}${to}`,
    eventId: id,
    data: { ...data, notice },
    state: 'queued',
    createdAt: now,
    notBefore: now,
    attempts: 0,
    messageId: `<${id}@${mailDomain}>`,
    reported: true,
  };
}

/** The administrator behind a delivery. */
export class AdministratorAddressee implements Addressee {
  readonly #parts: AdministratorAddresseeParts;

  constructor(parts: AdministratorAddresseeParts) {
    this.#parts = parts;
  }

  async prepare(delivery: Delivery): Promise<Prepared> {
    const { tenant, data } = delivery;
    const id = delivery.userId.slice(prefix.length);
    if (data['notice'] === 'firstOwner') return this.#firstOwner(tenant, id, delivery);
    if (data['notice'] === 'auditCheckpoint') return this.#auditor(delivery, id);
    const found = await this.#parts.records.find(tenant, id);
    if (found === undefined) return { outcome: 'cancel', reason: 'the administrator has been removed' };
    const link = await this.#link(found, delivery);
    if (link === undefined) return { outcome: 'cancel', reason: 'the link is not wanted any more' };
    return this.#ready(delivery, found.email, found, link);
  }

  async report(): Promise<void> {
    // The account's page reads what became of a message from the outbox.
  }

  async #link({ tenant, id }: Administrator, { data }: Delivery): Promise<string | undefined> {
    const { actions, publicUrlOf } = this.#parts;
    const console = `${publicUrlOf(tenant)}/console`;
    const resets = data['notice'] === 'passwordReset';
    if (data['notice'] !== 'invitation' && !resets)
      return typeof data['path'] === 'string' ? `${console}${data['path']}` : console;
    const invitation = await actions.links.newToken(tenant, id, resets);
    return invitation === undefined ? undefined : `${console}/join?token=${invitation.token}`;
  }

  async #firstOwner(tenant: string, email: string, delivery: Delivery): Promise<Prepared> {
    const token = await this.#parts.first.newToken(tenant);
    if (token === undefined) return { outcome: 'cancel', reason: 'there is an owner already' };
    const link = `${this.#parts.publicUrlOf(tenant)}/console/start?token=${token}`;
    return this.#ready(delivery, email, undefined, link);
  }

  /** An auditor needs no account. */
  #auditor(delivery: Delivery, address: string): Prepared {
    const { settingsOf, publicUrlOf } = this.#parts;
    if (!settingsOf(delivery.tenant).audit.auditors.includes(address))
      return { outcome: 'cancel', reason: 'the settings name no such auditor any more' };
    return this.#ready(delivery, address, undefined, `${publicUrlOf(delivery.tenant)}/console/audit`);
  }

  #ready({ tenant, data }: Delivery, to: string, found: Administrator | undefined, link: string): Prepared {
    const { settingsOf, wordsFor } = this.#parts;
    const settings = settingsOf(tenant);
    const languages = [...(found?.language === undefined ? [] : [found.language]), settings.locale];
    const words = wordsFor(languages);
    const notice = typeof data['notice'] === 'string' ? data['notice'] : 'test';
    const values = {
      product: settings.productName,
      ...Object.fromEntries(
        Object.entries(data).filter((pair): pair is [string, string | number] => typeof pair[1] !== 'object'),
      ),
      ...(typeof data['role'] === 'string' ? { role: words(`shell.roles.${data['role']}`, {}) } : {}),
    };
    return {
      outcome: 'send',
      to,
      locales: languages,
      values: {
        productName: settings.productName,
        displayName: found?.name ?? null,
        brandColor: settings.brand.color,
        logoUrl: settings.brand.logoUrl,
        link,
        noticeSubject: words(`mail.${notice}.subject`, values),
        noticeText: words(`mail.${notice}.text`, values),
        noticeButton: words(`mail.${notice}.button`, values),
        noticeUnexpected: words(`mail.${notice}.unexpected`, values),
      },
    };
  }
}
