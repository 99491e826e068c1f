import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mongoose';
import { openStore } from '../../src/composition/core/compose-core.ts';
import { readConfig } from '../../src/config/config.ts';
import { rootTenant } from '../../src/tenancy/tenant.ts';
import { allScopes, type Client } from '../../src/domain/client.ts';
import { addClient } from './add-client.ts';
import { createLog } from '../../src/base/log.ts';
import { launch, testToken, type Launched } from './launch.ts';
import { startMongoServer } from './mongo-server.ts';

/** A whole Latchkey over one of the stores, with a client of each dialect. */
export interface Served extends Launched {
  /** The token of the client with that profile. */
  readonly token: (profile: string) => string;
  /** Its LATCHKEY_KEY. */
  readonly key: string;
  /** Folder of the embedded store; undefined on MongoDB. */
  readonly folder: string | undefined;
  /** The MongoDB database; undefined on the embedded store. */
  readonly mongodbUri: string | undefined;
}

/** Where a Latchkey keeps things, and how to clear that away. */
export interface Place {
  readonly environment: Readonly<Record<string, string>>;
  readonly leave: () => Promise<void>;
}

type StoreName = 'SQLite' | 'MongoDB';

/** The stores, and how to find an empty place of each; undefined where there is no server for it. */
export const bothStores = [
  ['SQLite', embedded],
  ['MongoDB', mongodb],
] as const;

/**
 * The stores of a journey that walks the same code above either: SQLite, and MongoDB too where `JOURNEYS=all` says so,
 * as the nightly suite does. The store contract, and the journeys that `describeOnBothStores`, run on both each time.
 */
export const stores: readonly (typeof bothStores)[number][] =
  process.env['JOURNEYS'] === 'all' ? bothStores : bothStores.slice(0, 1);

/**
 * A suite that is run against Latchkey on each store, in a process of its own. No error may have been logged by the
 * end.
 * @param environment beside what says where things are kept
 */
export function describeServed(title: string, environment: Environment, tests: ServedTests): void {
  describeOn(stores, title, environment, tests);
}

/** The same, on MongoDB too in every run: what the store decides. */
export function describeOnBothStores(title: string, environment: Environment, tests: ServedTests): void {
  describeOn(bothStores, title, environment, tests);
}

type Environment = Readonly<Record<string, string>>;
type ServedTests = (served: () => Served, store: StoreName) => void;

function describeOn(on: typeof stores, title: string, environment: Environment, tests: ServedTests): void {
  for (const [store, find] of on) {
    describe(`${title}, on ${store}`, function () {
      this.timeout(60_000);
      let place: Place | undefined;
      let served: Served | undefined;

      before(async function () {
        this.timeout(300_000); // the MongoDB stand-in may have to be installed
        place = await find();
        if (place === undefined) return this.skip();
        served = await serve({
          LATCHKEY_KEY: randomBytes(32).toString('base64'),
          ...environment,
          ...place.environment,
        });
      });
      after(async () => {
        const errors =
          served
            ?.output()
            .split('\n')
            .filter((line) => line.includes('"level":"error"')) ?? [];
        const code = await served?.end('SIGTERM');
        await place?.leave();
        if (served !== undefined && (code !== 0 || errors.length > 0))
          throw new Error(`Latchkey ended with ${code} and logged these errors:\n${errors.join('\n')}`);
      });

      tests(() => {
        if (served === undefined) throw new Error('Latchkey is not running');
        return served;
      }, store);
    });
  }
}

async function serve(environment: Record<string, string>): Promise<Served> {
  const tokens = new Map([['auto', testToken]]);
  const store = await openStore(readConfig(environment).config, createLog('silent'));
  try {
    for (const profile of ['entra', 'okta', 'strict'] as const satisfies readonly Client['profile'][]) {
      const { token } = await addClient(store.notes, { tenant: rootTenant, name: profile, profile, scopes: allScopes });
      tokens.set(profile, token);
    }
    const { token } = await addClient(store.notes, {
      tenant: rootTenant,
      name: 'writer',
      profile: 'auto',
      scopes: ['scim:write'],
    });
    tokens.set('writer', token);
  } finally {
    await store.close();
  }
  const token = (profile: string): string => tokens.get(profile) ?? `there is no client for ${profile}`;
  return {
    ...(await launch(environment)),
    token,
    key: environment['LATCHKEY_KEY'] ?? '',
    folder: environment['LATCHKEY_DATA_DIR'],
    mongodbUri: environment['MONGODB_URI'],
  };
}

function embedded(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'latchkey-served-'));
  return {
    environment: { LATCHKEY_DATA_DIR: folder },
    leave: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** An empty database on the tests' MongoDB server. */
export async function mongodb(): Promise<Place | undefined> {
  const server = await startMongoServer();
  if (server === undefined) return undefined;
  const uri = server.uri(`latchkey-served-${randomBytes(4).toString('hex')}`);
  return {
    environment: { MONGODB_URI: uri },
    leave: async () => {
      const connection = await createConnection(uri).asPromise();
      await connection.dropDatabase();
      await connection.close();
    },
  };
}
