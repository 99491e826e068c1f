import { pathToFileURL } from 'node:url';
import { type Connection, createConnection } from 'mongoose';
import { packageFile } from '../../src/base/package-root.ts';
import { eventually } from './launch.ts';
import type { Place } from './served-stores.ts';

/** A Latchkey whose hours are minutes: what waits for its next try need not be slept for. */
export interface Haste {
  /** To be given to `launch`. */
  readonly environment: Readonly<Record<string, string>>;
  /** The MongoDB database, where there is one. */
  readonly database: Connection | undefined;
  /** Asks again and again until it is so, while what waits for later falls due. */
  eventually(what: string, attempt: () => Promise<boolean>): Promise<void>;
  end(): Promise<void>;
}

/** How many times as fast timers run. On MongoDB each look for work is a command: more haste is more load. */
const haste = { embedded: 60, mongodb: 12 } as const;

/**
 * Timers run many times as fast, and on the embedded store the clock too. MongoDB's clock, which leases go by, is the
 * machine's own: there, deliveries that wait are made due.
 */
export async function makeHaste({ environment }: Place): Promise<Haste> {
  const uri = environment['MONGODB_URI'];
  const database = uri === undefined ? undefined : await createConnection(uri).asPromise();
  const times = database === undefined ? haste.embedded : haste.mongodb;
  const hurry = async (): Promise<false> => {
    await new Promise((resolve) => setTimeout(resolve, 200));
    const due = { $set: { notBefore: new Date().toISOString() } };
    // A reminder of tomorrow is not a next try.
    await database?.collection('deliveries').updateMany({ state: 'queued', template: { $ne: 'reminder' } }, due);
    return false;
  };
  return {
    environment: {
      ...environment,
      // The deadline of a command is a timer too: as long as it would be without the haste.
      ...(uri === undefined
        ? {}
        : { MONGODB_URI: uri.replace(/timeoutMS=(\d+)/, (_, ms) => `timeoutMS=${Number(ms) * times}`) }),
      NODE_OPTIONS: `--import=${pathToFileURL(packageFile('test/support/haste-preload.js')).href}`,
      HASTE: String(times),
      HASTE_FROM: String(Date.now()),
      HASTE_DATE: database === undefined ? '1' : '0',
    },
    database,
    eventually: async (what, attempt) => {
      await eventually(what, async () => (await attempt()) || hurry(), 120);
    },
    end: async () => database?.close(),
  };
}
