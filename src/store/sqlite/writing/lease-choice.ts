import type { LeaseRequest } from '../../../notify/outbox/outbox.ts';
import type { Connection } from '../database/connection.ts';

/** A due delivery, as far as the choice needs it. */
type DueRow = readonly [position: number, due: string, domain: string | null, tenant: string];

const CHUNK = 200;

/**
 * Chooses the deliveries to lease: due, oldest first, but of one domain only as many as it may still have under way,
 * and of tenants that take turns one each. Whatever has its share is left out by the database, by an index on what is
 * due.
 * @returns their positions
 */
export function chooseDue(connection: Connection, request: LeaseRequest): number[] {
  const choice = new Choice(connection, request);
  // Leases that ran out first: few, and the oldest.
  choice.oldestFirst('leased');
  if (request.fair === undefined) choice.oldestFirst('queued');
  else choice.inTurns(request.fair.after);
  return choice.positions;
}

class Choice {
  readonly positions: number[] = [];
  readonly #connection: Connection;
  readonly #request: LeaseRequest;
  readonly #time: string;
  readonly #ofDomain: Map<string, number>;
  readonly #ofTenant: Map<string, number>;

  constructor(connection: Connection, request: LeaseRequest) {
    this.#connection = connection;
    this.#request = request;
    this.#time = request.now.toISOString();
    this.#ofDomain = this.#counts('domain', 'domain IS NOT NULL');
    this.#ofTenant =
      request.fair === undefined
        ? new Map<string, number>()
        : this.#counts('tenant', `owner = '${request.owner.replaceAll("'", "''")}'`);
  }

  /** Chooses by age alone, until there is enough. */
  oldestFirst(state: 'leased' | 'queued'): void {
    let after: readonly [string, number] = ['', 0];
    while (!this.#isEnough()) {
      const rows = this.#connection.all<DueRow>(
        `SELECT position, due, domain, tenant FROM deliveries
         WHERE state = ? AND due IS NOT NULL AND due <= ? AND (due, position) > (?, ?) AND ${openTo}
           AND tenant NOT IN (SELECT value FROM json_each(?))
         ORDER BY due, position LIMIT ${CHUNK}`,
        state,
        this.#time,
        ...after,
        ...this.#shut(),
        JSON.stringify(this.#fullTenants()),
      );
      for (const row of rows) {
        after = [row[1], row[0]];
        this.#take(row);
        if (this.#isEnough()) break;
      }
      if (rows.length < CHUNK) break;
    }
  }

  /** Chooses one of each tenant in turn, from the one behind `last` on. */
  inTurns(last: string): void {
    let tenant = last;
    let idle: string | undefined;
    while (!this.#isEnough()) {
      const next = this.#tenantAfter(tenant) ?? this.#tenantAfter('');
      if (next === undefined || next === idle) return;
      tenant = next;
      const row = this.#fullTenants().includes(tenant) ? undefined : this.#oldestOf(tenant);
      if (row !== undefined && this.#take(row)) idle = undefined;
      // Once round without any: there is no more to be had.
      else idle ??= tenant;
    }
  }

  #tenantAfter(tenant: string): string | undefined {
    const [next] = this.#connection.get<[string | null]>(
      "SELECT min(tenant) FROM deliveries INDEXED BY deliveries_fair WHERE state = 'queued' AND due IS "
        + 'NOT NULL AND tenant > ?',
      tenant,
    ) ?? [null];
    return next ?? undefined;
  }

  #oldestOf(tenant: string): DueRow | undefined {
    return this.#connection.get<DueRow>(
      `SELECT position, due, domain, tenant FROM deliveries INDEXED BY deliveries_fair
       WHERE state = 'queued' AND tenant = ? AND due IS NOT NULL AND due <= ? AND ${openTo}
         AND position NOT IN (SELECT value FROM json_each(?))
       ORDER BY due, position LIMIT 1`,
      tenant,
      this.#time,
      ...this.#shut(),
      JSON.stringify(this.positions),
    );
  }

  #take([position, , domain, tenant]: DueRow): boolean {
    if (domain !== null && this.#isFull(domain)) return false;
    if (this.#fullTenants().includes(tenant)) return false;
    if (domain !== null) count(this.#ofDomain, domain);
    count(this.#ofTenant, tenant);
    this.positions.push(position);
    return true;
  }

  /** The values of `openTo`. */
  #shut(): [string, string] {
    const full = [...this.#ofDomain.keys()].filter((domain) => this.#isFull(domain));
    return [JSON.stringify(this.#request.channels), JSON.stringify(full)];
  }

  #isFull(domain: string): boolean {
    return (this.#ofDomain.get(domain) ?? 0) >= this.#request.perDomain;
  }

  #fullTenants(): string[] {
    const { fair } = this.#request;
    if (fair === undefined) return [];
    const full = [...this.#ofTenant].filter(([, held]) => held >= fair.perTenant).map(([tenant]) => tenant);
    return [...fair.without, ...full];
  }

  #isEnough(): boolean {
    return this.positions.length >= this.#request.limit;
  }

  #counts(column: 'domain' | 'tenant', which: string): Map<string, number> {
    return new Map(
      this.#connection.all<[string, number]>(
        `SELECT ${column}, count(*) FROM deliveries WHERE state = 'leased' AND due > ? AND ${which} GROUP BY ${column}`,
        this.#time,
      ),
    );
  }
}

/** What may go by its channel and its domain. */
const openTo = `channel NOT IN (SELECT value FROM json_each(?))
  AND (domain IS NULL OR domain NOT IN (SELECT value FROM json_each(?)))`;

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
