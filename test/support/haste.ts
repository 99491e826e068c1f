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

/**
 * Timers run 60 times as fast, and on the embedded store the clock too. MongoDB's clock, which leases go by, is the
 * machine's own: there, deliveries that wait are made due.
 */
export async function makeHaste({ environment }: Place): Promise<Haste> {
  const uri = environment['MONGODB_URI'];
  const database = uri === undefined ? undefined : await createConnection(uri).asPromise();
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
      NODE_OPTIONS: `--import=${pathToFileURL(packageFile('test/support/haste-preload.js')).href}`,
      HASTE: '60',
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
