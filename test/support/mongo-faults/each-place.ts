import { describeFault } from './fault.ts';
import { nameOf } from './command.ts';
import type { Command } from './command.ts';
import type { FaultProxy } from './fault-proxy.ts';
import type { FaultRule } from './fault-plan.ts';

/** What is done with a fault under way, on fresh data each time. */
export interface Trial<T> {
  /** Empties the store and lays down what the act needs; meets no fault. */
  prepare(): Promise<void>;
  act(): Promise<T>;
  /**
   * Looks at what there is now, and goes on as a caller would; meets no fault. @param error why the act failed, if it
   * did
   */
  check(error: Error | undefined): Promise<void>;
}

/** The most places there may be: an act that goes on for ever is a fault of its own. */
const mostPlaces = 200;

/**
 * Does an act again and again, each time with the fault one command later, until the act ends before the fault comes.
 * @param rule the fault, or the fault for the n-th place
 * @returns the first command that met the fault, for each place
 * @throws the failure of an act's check, told with the place and the fault
 */
export async function atEachPlace<T>(
  proxy: FaultProxy,
  rule: Omit<FaultRule, 'at'> | ((place: number) => Omit<FaultRule, 'at'>),
  trial: Trial<T>,
): Promise<readonly Command[]> {
  const places: Command[] = [];
  for (let at = 1; at <= mostPlaces; at += 1) {
    const injected = typeof rule === 'function' ? rule(at) : rule;
    await trial.prepare();
    proxy.takeCommands();
    proxy.inject({ ...injected, at });
    const error = await trial.act().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    const met = proxy.heal();
    try {
      if (error !== undefined && !(error instanceof Error)) throw new TypeError('what was thrown is not an Error');
      if (error && met.length === 0) throw error;
      await trial.check(error);
    } catch (failure) {
      throw new Error(tell(at, injected, met, proxy.takeCommands(), error), { cause: failure });
    }
    const [first] = met;
    if (!first) return places;
    places.push(first);
  }
  throw new Error(`the act sends more than ${mostPlaces} commands`);
}

function tell(
  at: number,
  { fault, times = 1 }: FaultRule,
  met: readonly Command[],
  all: readonly Command[],
  error: unknown,
): string {
  const list = (commands: readonly Command[]) => commands.map(nameOf).join(', ');
  return `'${describeFault(fault)}' × ${times} from command ${at} on (${list(met)}), the act ${error instanceof Error ? `failed with ${error.message}` : 'was done'}; all commands: ${list(all)}`;
}
