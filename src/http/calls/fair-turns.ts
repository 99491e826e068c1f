import { soonFinally, type Soon } from '../../base/soon.ts';

/** Those that wait for a turn: each tenant's clients, each client's tasks in order of arrival. */
type Waiting = Map<string, Map<string, (() => void)[]>>;

/**
 * Runs a bounded number of tasks at once. When all places are taken, tenants have them in turn, and within a tenant its
 * clients: however much one of them asks for, the others wait for one turn of it and no more. No tenant has all places.
 */
export class FairTurns {
  readonly #most: number;
  readonly #mostOfTenant: number;
  readonly #waiting: Waiting = new Map();
  readonly #running = new Map<string, number>();
  #total = 0;

  /**
   * @param most tasks that run at once
   * @param mostOfTenant tasks of one tenant that do; fewer than that, so that a newcomer finds a place
   */
  constructor(most: number, mostOfTenant: number) {
    this.#most = most;
    this.#mostOfTenant = mostOfTenant;
  }

  /** Runs a task when it is its turn, which may be at once; returns and throws what the task does. */
  run<Result>(tenant: string, client: string, task: () => Soon<Result>): Soon<Result> {
    const run = (): Soon<Result> => soonFinally(task, () => this.#end(tenant));
    if (!this.#hasRoom(tenant) || this.#waiting.has(tenant))
      return new Promise<void>((resolve) => this.#queue(tenant, client, resolve)).then(run);
    this.#start(tenant);
    return run();
  }

  #hasRoom(tenant: string): boolean {
    return this.#total < this.#most && (this.#running.get(tenant) ?? 0) < this.#mostOfTenant;
  }

  #start(tenant: string): void {
    this.#total += 1;
    this.#running.set(tenant, (this.#running.get(tenant) ?? 0) + 1);
  }

  #end(tenant: string): void {
    this.#total -= 1;
    const left = (this.#running.get(tenant) ?? 1) - 1;
    if (left === 0) this.#running.delete(tenant);
    else this.#running.set(tenant, left);
    this.#next();
  }

  #queue(tenant: string, client: string, begin: () => void): void {
    const clients = this.#waiting.get(tenant) ?? new Map<string, (() => void)[]>();
    const tasks = clients.get(client) ?? [];
    tasks.push(begin);
    clients.set(client, tasks);
    this.#waiting.set(tenant, clients);
  }

  /** Gives free places to those whose turn it is; who has had one goes to the end of the row. */
  #next(): void {
    for (const [tenant, clients] of [...this.#waiting]) {
      if (this.#total >= this.#most) return;
      if (!this.#hasRoom(tenant)) continue;
      const [client, tasks] = clients.entries().next().value!;
      const begin = tasks.shift();
      clients.delete(client);
      if (tasks.length > 0) clients.set(client, tasks);
      this.#waiting.delete(tenant);
      if (clients.size > 0) this.#waiting.set(tenant, clients);
      if (begin === undefined) continue;
      this.#start(tenant);
      begin();
    }
  }
}
