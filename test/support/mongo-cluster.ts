import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { mongo } from 'mongoose';

/** One real server of a cluster. */
export interface Member {
  readonly host: string;
  readonly child: ChildProcess;
}

/** A cluster of real servers. */
export interface Cluster {
  readonly members: readonly Member[];
  uri(database: string): string;
  /** The member that takes writes at this moment. */
  primary(): Promise<Member>;
  stop(): Promise<void>;
}

const started = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of started) child.kill('SIGKILL');
});

/** Whether these programs are on the path: real servers for tests that no stand-in can take. */
export function hasPrograms(...programs: readonly string[]): boolean {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return programs.every((program) => folders.some((folder) => existsSync(join(folder, program))));
}

/**
 * A suite for real servers: skipped loudly where they are not on the path, a failure where `MONGO_CLUSTER` is
 * `required`.
 */
export function describeWithCluster(title: string, programs: readonly string[], tests: () => void): void {
  if (hasPrograms(...programs)) {
    describe(title, tests);
    return;
  }
  const reason = `${programs.join(' and ')} not on the PATH`;
  if (process.env['MONGO_CLUSTER'] === 'required')
    describe(title, () => {
      it('needs real servers', () => {
        throw new Error(reason);
      });
    });
  else {
    console.error(`*** NOT TESTED: ${title} (${reason})`);
    describe.skip(title, tests);
  }
}

/** Starts a replica set of so many members. */
export async function startReplicaSet(size: number, name = 'latchkey', more: readonly string[] = []): Promise<Cluster> {
  const members = await Promise.all(
    Array.from({ length: size }, () => startProgram('mongod', ['--replSet', name, ...more])),
  );
  await admin(members[0]!.host, {
    replSetInitiate: {
      _id: name,
      ...(more.includes('--configsvr') ? { configsvr: true } : {}),
      members: members.map(({ host }, _id) => ({ _id, host })),
      settings: { electionTimeoutMillis: 2_000 },
    },
  });
  const cluster: Cluster = {
    members,
    uri: (database) => `mongodb://${members.map(({ host }) => host).join(',')}/${database}?replicaSet=${name}`,
    primary: () => primaryAmong(members),
    stop: () => stopAll(members),
  };
  await cluster.primary();
  return cluster;
}

/** Starts a sharded cluster of so many shards. @returns it, with the servers of the shards as its members */
export async function startShardedCluster(shards: number): Promise<Cluster> {
  const config = await startReplicaSet(1, 'config', ['--configsvr']);
  const sets = await Promise.all(
    Array.from({ length: shards }, (_, n) => startReplicaSet(1, `shard${n}`, ['--shardsvr'])),
  );
  const router = await startProgram('mongos', ['--configdb', `config/${config.members[0]!.host}`]);
  for (const [n, set] of sets.entries()) await admin(router.host, { addShard: `shard${n}/${set.members[0]!.host}` });
  const members = [...sets.flatMap((set) => set.members), ...config.members, router];
  return {
    members,
    uri: (database) => `mongodb://${router.host}/${database}`,
    primary: async () => router,
    stop: () => stopAll(members),
  };
}

/** Runs a command on the `admin` database of one server. */
export async function admin(host: string, command: mongo.Document): Promise<mongo.Document> {
  const client = await new mongo.MongoClient(`mongodb://${host}/?directConnection=true`).connect();
  try {
    return await client.db('admin').command(command);
  } finally {
    await client.close();
  }
}

async function primaryAmong(members: readonly Member[]): Promise<Member> {
  for (const until = Date.now() + 60_000; Date.now() < until; await pause(100)) {
    for (const member of members) {
      if (member.child.exitCode !== null || member.child.signalCode !== null) continue;
      const hello = await admin(member.host, { hello: 1 }).catch(() => undefined);
      if (hello?.['isWritablePrimary'] === true) return member;
    }
  }
  throw new Error('no member became the primary');
}

async function startProgram(program: 'mongod' | 'mongos', more: readonly string[]): Promise<Member> {
  const [port, folder] = await Promise.all([freePort(), mkdtemp(join(tmpdir(), 'latchkey-cluster-'))]);
  const data = program === 'mongod' ? ['--dbpath', folder] : [];
  const child = spawn(program, [...data, '--port', String(port), '--bind_ip', '127.0.0.1', '--quiet', ...more], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  started.add(child);
  child.once('exit', () => {
    started.delete(child);
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  const host = `127.0.0.1:${port}`;
  for (const until = Date.now() + 60_000; ; await pause(100)) {
    if (await admin(host, { ping: 1 }).then(Boolean, () => false)) return { host, child };
    if (child.exitCode !== null || Date.now() > until) throw new Error(`${program} did not start on ${host}`);
  }
}

async function stopAll(members: readonly Member[]): Promise<void> {
  await Promise.all(
    members.map(async ({ child }) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }),
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
