import { StoreUnavailableError } from '../../../provisioning/records/resource-store.ts';
import { usualCommandMs } from '../commands/answer-deadline.ts';

/** What a connection string asks for, as far as it concerns how safely the store reads and writes. */
export interface AskedFor {
  /** `w` where it is stronger than `majority` may be: a number of servers, or a name that the set's settings define. */
  readonly w: number | string | undefined;
  readonly namesDatabase: boolean;
  /** The deadline of a command, in milliseconds: `timeoutMS`, which the driver itself does not heed. */
  readonly commandMs: number;
  readonly has: (option: string) => boolean;
}

const leaveOut = 'leave it out of MONGODB_URI';

/** What is wrong with an option's value; undefined where it takes nothing away. */
const faults: Readonly<Record<string, (value: string) => string | undefined>> = {
  readpreference: (value) =>
    value === 'primary'
      ? undefined
      : `readPreference=${value} reads from servers that may not know yet what was just written: ${leaveOut}`,
  readconcernlevel: (value) =>
    value === 'majority'
      ? undefined
      : `readConcernLevel=${value} is not what Latchkey reads by, which is majority: ${leaveOut}`,
  w: (value) =>
    value === '0' || value === '1'
      ? `w=${value} loses acknowledged writes when the primary fails; Latchkey writes with w=majority: ${leaveOut}`
      : undefined,
  journal: (value) =>
    value === 'false' ? `journal=false loses acknowledged writes when the power fails: ${leaveOut}` : undefined,
  j: (value) => (value === 'false' ? `j=false loses acknowledged writes when the power fails: ${leaveOut}` : undefined),
  retrywrites: (value) =>
    value === 'false' ? `retryWrites=false makes each change of the primary an error: ${leaveOut}` : undefined,
};

/**
 * Reads a connection string's options.
 * @throws StoreUnavailableError when one of them would make reads stale or writes less than durable
 */
export function readConnectionString(uri: string): AskedFor {
  const options = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(uri.split('?').slice(1).join('?')))
    options.set(name.toLowerCase(), value);
  for (const [name, value] of options) {
    const fault = faults[name]?.(value);
    if (fault !== undefined) throw new StoreUnavailableError(`MONGODB_URI: ${fault}.`);
  }
  const w = options.get('w');
  return {
    w: w === undefined || w === 'majority' ? undefined : /^\d+$/.test(w) ? Number(w) : w,
    commandMs: Number(options.get('timeoutms')) || usualCommandMs,
    namesDatabase: /^mongodb(?:\+srv)?:\/\/[^/]+\/[^?]+/.test(uri),
    has: (option) => options.has(option.toLowerCase()),
  };
}

/** The servers that a connection string names, without credentials: for messages. */
export function hostsOf(uri: string): string {
  const [, authority = '', rest = ''] = /^mongodb(?:\+srv)?:\/\/([^/?]*)(.*)$/.exec(uri) ?? [];
  // A password with a slash or question mark that is not percent-encoded: where it ends cannot be told.
  return rest.includes('@') || authority === ''
    ? 'the server in MONGODB_URI'
    : authority.slice(authority.lastIndexOf('@') + 1);
}
