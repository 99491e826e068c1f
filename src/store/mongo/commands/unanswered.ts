import { sinceStart } from '../../../base/since-start.ts';

/** The commands that MongoDB has not answered yet, oldest first. */
export class Unanswered {
  readonly #since = new Map<Promise<unknown>, number>();

  /** Notes a command until it is answered or given up. */
  note<Answer>(command: Promise<Answer>): Promise<Answer> {
    this.#since.set(command, sinceStart());
    const settled = () => this.#since.delete(command);
    command.then(settled, settled);
    return command;
  }

  /** How long the oldest has waited, in milliseconds; 0 where none waits. */
  oldestMs(): number {
    for (const since of this.#since.values()) return sinceStart() - since;
    return 0;
  }
}
