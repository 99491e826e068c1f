/**
 * A browser in which the owner of an account has signed in, or set their password, before. It gives no right: it only
 * has their tries counted apart from those of strangers.
 */
export interface BrowserGrant {
  /** The user's id, or the administrator's. */
  readonly ownerId: string;
  /** Names the browser. */
  readonly id: string;
  /** The mark of the account when the browser became known; it is known until the account has another. */
  readonly validFrom: string;
}
