import { PageVisitor } from './page-visitor.ts';

/** The ways in which a first key goes to somebody. */
export const keyKinds = ['link', 'code', 'generated', 'given'] as const;

/** What a mail carried: a token, a code or a password, and the link that has the token. */
export interface MailedKey {
  readonly secret: string;
  /** Empty where the mail has none to a key. */
  readonly link: string;
}

const urn = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';

/** The body of a create that mails such a key; the user name is the address. */
export function bodyFor(kind: (typeof keyKinds)[number], address: string, given: string): object {
  const wish = {
    link: { preRegistration: true },
    code: { preRegistration: true, invitationMethod: 'emailOtp' },
    generated: { sendPassword: true },
    given: { sendPassword: true },
  }[kind];
  return {
    userName: address,
    emails: [{ value: address }],
    ...(kind === 'given' ? { password: given } : {}),
    [urn]: wish,
  };
}

/** The key in a mail as it went over the wire. */
export function keyIn(raw: string): MailedKey {
  const text = raw
    .replace(/=\r?\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  const link = /https?:\/\/\S+set-password\?token=\S+/.exec(text)?.[0] ?? '';
  const shown = /^(?:Password|Code):\r?\n(.+?)\r?$/m.exec(text)?.[1] ?? new URL(link).searchParams.get('token') ?? '';
  return { secret: /^\w{4} \w{4}$/.test(shown) ? shown.replace(' ', '') : shown, link };
}

/** True where the key lets its reader go on: to a new password, or to the change of a mailed one. */
export async function opens({ secret, link }: MailedKey, userName: string, url: string): Promise<boolean> {
  const visitor = new PageVisitor(url);
  const { pathname, search } = new URL(link === '' ? url : link);
  const page = link === '' ? await visitor.signIn(userName, secret) : await visitor.open(pathname + search);
  return /name="newPassword"/.test(page.text);
}
