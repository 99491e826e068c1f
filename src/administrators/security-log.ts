import type { Clock } from '../base/clock.ts';
import { noteKind, type Notes } from '../domain/notes.ts';
import { presentCall } from '../domain/present-call.ts';

const keptMs = 400 * 86_400_000;
/** Keys count down, so that lists begin with the newest. */
const highest = 9_999_999_999_999;

/** What happened to a console account. */
export interface SecurityEvent {
  readonly at: string;
  readonly type: string;
  /** Whose account; absent where none was found. */
  readonly administratorId?: string;
  readonly name?: string;
  /** Who did it, where it was another. */
  readonly by?: string;
  readonly address?: string;
  /** Such as the new role. */
  readonly detail?: string;
}

const kind = noteKind<SecurityEvent>('consoleEvent');

/** What happens to console accounts, for their owners and auditors to see, newest first. */
export class SecurityLog {
  readonly #notes: Notes;
  readonly #clock: Clock;

  constructor(notes: Notes, clock: Clock) {
    this.#notes = notes;
    this.#clock = clock;
  }

  /** Adds an event; where it does not say from which address it came, that of the present call is noted. */
  async add(tenant: string, event: Omit<SecurityEvent, 'at'>): Promise<void> {
    const now = this.#clock.now();
    const address = event.address ?? presentCall()?.address;
    await this.#notes.put(
      {
        tenant,
        kind,
        key: `${highest - now.getTime()}-${this.#clock.newId()}`,
        value: { at: now.toISOString(), ...event, ...(address === undefined ? {} : { address }) },
        expiresAt: new Date(now.getTime() + keptMs).toISOString(),
      },
      undefined,
    );
  }

  /**
   * A page of events.
   * @param after the `next` of the page before
   */
  async list(
    tenant: string,
    limit: number,
    after = '',
  ): Promise<{ readonly events: readonly SecurityEvent[]; readonly next: string | undefined }> {
    const notes = await this.#notes.list({ tenant, kind, limit: limit + 1, ...(after === '' ? {} : { after }) });
    const page = notes.slice(0, limit);
    return { events: page.map(({ value }) => value), next: notes.length > limit ? page.at(-1)?.key : undefined };
  }
}
