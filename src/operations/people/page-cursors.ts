import type { Clock } from '../../base/clock.ts';
import { ExpiredCursorError } from '../../scim/model/scim-error.ts';
import { openToken, signToken } from '../../base/signed-token.ts';
import type { PageStart } from './people-list.ts';

const purpose = 'list cursor';
const lifeMs = 24 * 3_600_000;

/** The cursors of lists, which only Latchkey can make. */
export class PageCursors {
  readonly #keysOf: (tenant: string) => readonly Buffer[];
  readonly #clock: Clock;

  /** @param keysOf a tenant's keys: the first signs, each of them is believed */
  constructor(keysOf: (tenant: string) => readonly Buffer[], clock: Clock) {
    this.#keysOf = keysOf;
    this.#clock = clock;
  }

  sign(tenant: string, direction: 'after' | 'before', position: string | undefined): string | undefined {
    const [key] = this.#keysOf(tenant);
    if (position === undefined || key === undefined) return undefined;
    const end = new Date(this.#clock.now().getTime() + lifeMs);
    return signToken(key, purpose, JSON.stringify({ [direction]: position }), end);
  }

  /** @throws ExpiredCursorError where it is not ours, or out of date */
  open(tenant: string, cursor: string | undefined): PageStart | undefined {
    if (cursor === undefined) return undefined;
    const text = openToken(this.#keysOf(tenant), purpose, cursor, this.#clock.now());
    if (text === undefined) throw new ExpiredCursorError('cursor: it is out of date. Begin with the first page.');
    return JSON.parse(text) as PageStart;
  }
}
