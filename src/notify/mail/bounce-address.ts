/**
 * The envelope sender of one mail (VERP), so that what comes back says which mail it was: `bounces@mail.example`
 * becomes `bounces+<delivery id>@mail.example`. On its way an address may lose its capitals, so those of the id are
 * written `-x`.
 * @param messageId `<delivery id@domain>`
 */
export function bounceAddressOf(bounceAddress: string, messageId: string): string {
  const at = bounceAddress.lastIndexOf('@');
  const id = messageId.slice(1, messageId.lastIndexOf('@'));
  const tag = id.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return `${bounceAddress.slice(0, at)}+${tag}${bounceAddress.slice(at)}`;
}

/** An event's id, a UUID, and what makes a delivery's of it. */
const deliveryId = /([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})((?:\.[a-z0-9-]{1,60}){1,3})/gi;

/**
 * The ids of deliveries that a text names: a Message-ID, an envelope sender, a header field, a bare id.
 * @param text at most its first 4,096 characters are looked at
 */
export function deliveryIdsIn(text: string): string[] {
  return [...text.slice(0, 4096).matchAll(deliveryId)].map(
    ([, event = '', rest = '']) =>
      `${event.toLowerCase()}${rest.replace(/-([a-z])/g, (_found, letter: string) => letter.toUpperCase())}`,
  );
}
