import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Command } from './command.ts';
import { FaultPlan } from './fault-plan.ts';
import type { FaultRule } from './fault-plan.ts';
import { FaultyConnection } from './faulty-connection.ts';

/** A proxy between a driver and a MongoDB server that makes commands fail as told. */
export interface FaultProxy {
  /** A connection string by which a driver reaches a database of the server through the proxy, and by no other way. */
  uri(database: string): string;
  /** From now on, lets the fault happen to those commands; replaces the rule before. */
  inject(rule: FaultRule): void;
  /** Ends the rule, and tells what it did. @returns the commands that met the fault, in their order */
  heal(): readonly Command[];
  /** The commands that have passed since the last call, those that met a fault included. */
  takeCommands(): readonly Command[];
  /** Breaks every connection and takes no new one until `comeBack`: a server that is away. */
  goAway(): void;
  comeBack(): void;
  /** Ends the proxy and all its connections. */
  close(): Promise<void>;
}

/** Starts a proxy on a free port of this machine. @param serverUri of a single server, without credentials */
export async function startFaultProxy(serverUri: string): Promise<FaultProxy> {
  const { hostname, port } = new URL(serverUri);
  const plan = new FaultPlan();
  const connections = new Set<FaultyConnection>();
  let isAway = false;
  const breakAll = () => {
    for (const connection of connections) connection.break();
  };
  const listener = createServer((driver) => {
    if (isAway) return void driver.destroy();
    const connection = new FaultyConnection(driver, { host: hostname, port: Number(port) || 27_017 }, plan);
    connections.add(connection);
    driver.once('close', () => connections.delete(connection));
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const own = (listener.address() as AddressInfo).port;
  return {
    // A driver that looks for the other members of a replica set would find the server itself; one that waits for the
    // server to tell of changes would wait long, for the server knows nothing of these.
    uri: (database) =>
      `mongodb://127.0.0.1:${own}/${database}?directConnection=true&serverMonitoringMode=poll&minHeartbeatFrequencyMS=10`,
    inject: (rule) => {
      plan.begin(rule);
    },
    heal: () => plan.end(),
    takeCommands: () => plan.takeSeen(),
    goAway: () => {
      isAway = true;
      breakAll();
    },
    comeBack: () => {
      isAway = false;
    },
    close: async () => {
      const closed = once(listener, 'close');
      listener.close();
      breakAll();
      await closed;
    },
  };
}
