/**
 * Is it one plain mail address? Refuses what could end a header, name a second recipient or carry a comment (RFC 5322
 * §3.4): white space, controls, quotes, commas, brackets. Letters of any script pass (RFC 6532).
 */
export function isMailAddress(text: string): boolean {
  return text.length <= 254 && /^[^\s\p{C}"(),:;<>@[\]\\]+@[^\s\p{C}"(),:;<>@[\]\\]+$/u.test(text);
}

/**
 * The domain of a sender such as `Name <address>` or `address`, in ASCII lower case for Message-IDs.
 * @returns `localhost` when there is none
 */
export function senderDomain(from: string): string {
  const address = /<([^<>]*)>\s*$/.exec(from)?.[1] ?? from;
  const domain = address.slice(address.lastIndexOf('@') + 1).trim();
  const host = URL.canParse(`http://${domain}`) ? new URL(`http://${domain}`).hostname : '';
  return address.includes('@') && host !== '' ? host : 'localhost';
}
