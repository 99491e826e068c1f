import type { Settings } from '../config/settings.ts';

/** The sender of mails: the installation's, with the name or address that the tenant has set over it. */
export function senderOf(sender: string, { mail }: Settings): string {
  const [, name = '', address = sender] = /^(.*?)\s*<([^<>]*)>\s*$/.exec(sender) ?? [];
  const shown = mail.fromName ?? (mail.from === null ? name : '');
  const from = mail.from ?? address;
  if (mail.fromName === null && mail.from === null) return sender;
  return shown === '' ? from : `"${shown.replaceAll('"', '')}" <${from}>`;
}
