import { isWork } from './command.ts';
import type { Command } from './command.ts';
import type { Fault } from './fault.ts';

/** Which commands meet which fault. */
export interface FaultRule {
  readonly fault: Fault;
  /** Which commands count; without it, all that a store asks for. */
  readonly matches?: (command: Command) => boolean;
  /** The first of the counted commands to meet the fault, 1 being the next one; 1 without it. */
  readonly at?: number;
  /**
   * How many counted commands meet it, one after another; 1 without it. A driver repeats some commands by itself, so
   * that a store learns of a fault only from the second on.
   */
  readonly times?: number;
}

/** Counts commands and picks those that meet a fault. One for all connections of a proxy. */
export class FaultPlan {
  #rule: FaultRule | undefined;
  #counted = 0;
  #hit: Command[] = [];
  #seen: Command[] = [];

  begin(rule: FaultRule): void {
    this.end();
    this.#rule = rule;
  }

  /** @returns the commands that met the fault */
  end(): readonly Command[] {
    this.#rule = undefined;
    this.#counted = 0;
    return this.#hit.splice(0);
  }

  takeSeen(): readonly Command[] {
    return this.#seen.splice(0);
  }

  /** Notes a command. @returns the fault that it meets */
  faultOf(command: Command): Fault | undefined {
    this.#seen.push(command);
    if (!this.#rule) return undefined;
    const { fault, matches = isWork, at = 1, times = 1 } = this.#rule;
    if (!matches(command)) return undefined;
    this.#counted += 1;
    if (this.#counted < at || this.#counted >= at + times) return undefined;
    this.#hit.push(command);
    return fault;
  }
}
