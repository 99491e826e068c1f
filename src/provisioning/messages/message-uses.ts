import type { Clock } from '../../base/clock.ts';
import { invitationOfToken, linkOf } from '../first-key/invitations.ts';
import { judgeVisit, type Visit } from './judge-visit.ts';
import { type Onboarding, readOnboarding } from '../user/latchkey-extension.ts';
import { LinksAtOnce } from './links-at-once.ts';
import { type ChangeUser, write, keep } from '../user/change-user.ts';
import type { StoredRecord } from '../records/resource-store.ts';
import { bySelf } from '../records/origin.ts';
import { type MessageUse, noteUse } from '../user/timeline.ts';

/** The opening of a link as the page sees it; `address` is where the visitor is, as far as it is known. */
export type SeenVisit = Omit<Visit, 'secondsSinceSent' | 'linksAtOnce'> & { readonly address: string | undefined };

/** What it works with. */
export interface MessageUsesParts {
  readonly changeUser: ChangeUser;
  readonly clock: Clock;
  /** Told of notes that could not be written, and are lost. */
  readonly onError: (error: unknown) => void;
}

/** What is still to be written of one use of one message. */
interface Waiting {
  readonly tenant: string;
  readonly userId: string;
  readonly message: string;
  readonly use: MessageUse;
}

/** The same use of the same message is written down at most this often by one process, in milliseconds. */
const writtenEveryMs = 15 * 60_000;
/** The most entries that wait to be written; further ones are dropped. */
const capacity = 10_000;

/**
 * Collects what people and programs do with messages (open a link, type in a code) on its way to the users'
 * timelines, so that an opening costs an entry in a map and no write. The first of a kind is written at the next
 * {@link flush}, what repeats it is counted and written at the earliest a quarter of an hour later: a link that is
 * opened ten thousand times in a row changes its user's record twice.
 */
export class MessageUses {
  readonly #parts: MessageUsesParts;
  readonly #atOnce = new LinksAtOnce();
  readonly #waiting = new Map<string, Waiting>();
  /** When each use was last written. */
  readonly #written = new Map<string, number>();

  constructor(parts: MessageUsesParts) {
    this.#parts = parts;
  }

  /** A mailed link was opened, whatever it is still worth. */
  opened(record: StoredRecord, tokenHash: string, { address, ...visit }: SeenVisit): void {
    const invitation = record.account === undefined ? undefined : invitationOfToken(record.account, tokenHash);
    const message = invitation === undefined ? undefined : linkOf(invitation, tokenHash)?.delivery;
    if (message === undefined) return;
    const now = this.#parts.clock.now();
    const { verdict, reasons } = judgeVisit({
      ...visit,
      secondsSinceSent: (now.getTime() - (sentAt(readOnboarding(record.resource), message) ?? now.getTime())) / 1000,
      linksAtOnce: address === undefined ? 1 : this.#atOnce.count(address, tokenHash, now),
    });
    this.#note(record, message, {
      state: 'opened',
      verdict,
      at: now.toISOString(),
      ...(reasons.length === 0 ? {} : { reply: reasons.join('; ') }),
    });
  }

  /** The right code was typed in; a wrong one is written where it is counted. */
  codeAccepted(record: StoredRecord, message: string): void {
    this.#note(record, message, { state: 'codeTried', verdict: 'right', at: this.#parts.clock.now().toISOString() });
  }

  /**
   * Writes down what is due. Never rejects.
   * @param everything what would have to wait as well: this process ends
   */
  async flush(everything = false): Promise<void> {
    const now = this.#parts.clock.now().getTime();
    for (const [key, at] of this.#written) if (Math.abs(now - at) >= writtenEveryMs) this.#written.delete(key);
    const due = [...this.#waiting].filter(([key]) => everything || !this.#written.has(key));
    for (const [key] of due) {
      this.#waiting.delete(key);
      this.#written.set(key, now);
    }
    for (const [, waiting] of due) await this.#write(waiting);
  }

  #note({ tenant, id }: StoredRecord, message: string, use: MessageUse): void {
    const key = JSON.stringify([tenant, id, message, use.state, use.verdict]);
    const earlier = this.#waiting.get(key)?.use;
    if (earlier === undefined && this.#waiting.size >= capacity) return;
    const counted =
      earlier === undefined ? use : { ...use, at: earlier.at, lastAt: use.at, count: (earlier.count ?? 1) + 1 };
    this.#waiting.set(key, { tenant, userId: id, message, use: counted });
  }

  async #write({ tenant, userId, message, use }: Waiting): Promise<void> {
    const { changeUser, onError } = this.#parts;
    await changeUser({ tenant, id: userId }, bySelf, ({ onboarding }) =>
      noteUse(onboarding, message, use) ? write(undefined) : keep(undefined),
    ).catch(onError);
  }
}

/** When a server took the message, whatever was heard of it since; undefined when none has yet. */
function sentAt({ deliveries = [] }: Onboarding, message: string): number | undefined {
  const sent = deliveries.find(({ id, state }) => state === 'sent' && (id === message || id === `${message}.sent`));
  return sent === undefined ? undefined : Date.parse(sent.at);
}
