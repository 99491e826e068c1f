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
