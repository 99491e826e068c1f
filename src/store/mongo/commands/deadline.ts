import { answered } from './answer-deadline.ts';
import type { Unanswered } from './unanswered.ts';

/** How long the commands of a collection are waited for, and where those under way are noted. */
export class Deadline {
  /** In milliseconds. */
  readonly ms: number;
  readonly #unanswered: Unanswered | undefined;

  constructor(ms: number, unanswered: Unanswered | undefined) {
    this.ms = ms;
    this.#unanswered = unanswered;
  }

  /**
   * Waits for the answer to a command, but no longer than the deadline.
   * @throws NoAnswerError when it has passed
   */
  hold<Answer>(command: Promise<Answer>): Promise<Answer> {
    const wait = answered(command, this.ms);
    return this.#unanswered ? this.#unanswered.note(wait) : wait;
  }
}
