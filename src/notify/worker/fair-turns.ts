import type { Delivery } from '../delivery/delivery.ts';
import type { FairShare } from '../outbox/outbox.ts';

/**
 * Says whether tenants take turns, and of which nothing is to be sent now; undefined: there is one tenant alone, and
 * nothing to share.
 */
export type Turns = () => { readonly without: readonly string[] } | undefined;

/**
 * Remembers whose turn it was in one worker. One tenant never has all places, so that another finds one free at once.
 */
export class FairTurns {
  readonly #turns: Turns | undefined;
  readonly #perTenant: number;
  #last = '';

  /** @param places sends under way at most */
  constructor(turns: Turns | undefined, places: number) {
    this.#turns = turns;
    this.#perTenant = Math.max(1, places - 1);
  }

  /** What a lease is asked for with. */
  share(): { readonly fair?: FairShare } {
    const turns = this.#turns?.();
    return turns === undefined
      ? {}
      : { fair: { after: this.#last, perTenant: this.#perTenant, without: turns.without } };
  }

  /** These have been leased, in this order. */
  note(leased: readonly Delivery[]): void {
    this.#last = leased.at(-1)?.tenant ?? this.#last;
  }
}
