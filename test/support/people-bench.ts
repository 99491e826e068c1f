import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ConsoleSite } from '../../src/console/console-site.ts';
import type { Operation } from '../../src/operations/operation.ts';
import type { Role } from '../../src/domain/role.ts';
import { AdminBench } from './admin-bench.ts';
import { type ConsoleBrowser, ConsoleBench } from './console-bench.ts';
import { tenant } from './provisioning-bench.ts';

/** Pages of the console over real operations on real provisioning, at one time that a test moves. */
export class PeopleBench {
  readonly admin = new AdminBench();
  readonly console: ConsoleBench;

  /** @param publicUrl of a server that a browser is to reach */
  constructor(pages: (site: ConsoleSite) => void, publicUrl = 'https://keys.example') {
    const operations = Object.fromEntries(
      Object.entries(this.admin.operations).map(([id, act]): [string, Operation] => [
        id,
        (call) => act({ ...call, actor: { ...call.actor, tenant } }),
      ]),
    );
    this.console = new ConsoleBench(pages, operations, publicUrl);
    this.console.now = this.admin.provisioning.now;
  }

  get provisioning(): AdminBench['provisioning'] {
    return this.admin.provisioning;
  }

  async signedIn(role: Role = 'owner'): Promise<ConsoleBrowser> {
    const browser = await this.console.signedIn(role);
    for (const one of await this.console.records.list('default')) this.admin.administrators.set(one.id, one);
    return browser;
  }

  /** Sends what is due, and files what came of it as a courier does. */
  async deliver(): Promise<void> {
    await this.admin.settle();
    await this.provisioning.deliver();
  }
}

/** The pages under an address that a browser can open. */
export async function servePeople(
  pages: (site: ConsoleSite) => void,
): Promise<{ readonly bench: PeopleBench; readonly url: string; readonly server: Server }> {
  const served: { app?: PeopleBench['console']['app'] } = {};
  const server = createServer((request, response) => served.app?.(request, response)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const bench = new PeopleBench(pages, url);
  served.app = bench.console.app;
  return { bench, url, server };
}
