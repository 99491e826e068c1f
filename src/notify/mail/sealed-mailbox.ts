import type { CapturedMail, Mailbox } from './mailbox.ts';

/** Seals a text for one mail and opens it again; bound to the mail's tenant and id. */
export interface MailSeal {
  readonly seal: (text: string, mail: MailIdentity) => string;
  /** @throws when the text was sealed with another key, or for another mail */
  readonly open: (sealed: string, mail: MailIdentity) => string;
}

/** What a sealed mail is known by. */
export type MailIdentity = Pick<CapturedMail, 'tenant' | 'id'>;

/**
 * A mailbox with sealed contents: captured mails hold links, codes and passwords, and no secret is stored in clear. A
 * mail that cannot be opened any more (its key is gone) is left out.
 */
export function sealMailbox(mailbox: Mailbox, { seal, open }: MailSeal): Mailbox {
  return {
    async put({ subject, text, html, ...rest }) {
      await mailbox.put({ ...rest, subject: '', text: seal(JSON.stringify([subject, text, html]), rest), html: '' });
    },
    remove: (tenant, ids) => mailbox.remove(tenant, ids),
    async list(tenant, limit) {
      return (await mailbox.list(tenant, limit)).flatMap((mail) => openMail(mail, open));
    },
    rewrite: (tenant, texts) => mailbox.rewrite(tenant, texts),
  };
}

function openMail(mail: CapturedMail, open: MailSeal['open']): CapturedMail[] {
  try {
    const [subject, text, html] = JSON.parse(open(mail.text, mail)) as [string, string, string];
    return [{ ...mail, subject, text, html }];
  } catch {
    return [];
  }
}
