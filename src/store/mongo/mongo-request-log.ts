import {
  positionOf,
  type RequestLog,
  type RequestLogEntry,
  type RequestLogPage,
  type RequestLogQuery,
} from '../../domain/request-log.ts';
import { insertMissing } from './commands/batch-write.ts';
import type { RequestDocument } from './database/documents.ts';
import { decodeNames, encodeNames } from './database/field-names.ts';
import type { Collections } from './database/collections.ts';
import { recordKey } from './database/record-document.ts';

/** The request log in MongoDB: the key alone, tenant and time, is its order. */
export class MongoRequestLog implements RequestLog {
  readonly #requests: Collections['requests'];

  constructor(collections: Collections) {
    this.#requests = collections.requests;
  }

  async append(entries: readonly RequestLogEntry[]): Promise<void> {
    const documents = entries.map((entry): RequestDocument => ({
      _id: recordKey(entry.tenant, positionOf(entry)),
      client: entry.client?.id ?? '',
      clientName: entry.client?.name ?? '',
      status: entry.status,
      path: entry.path,
      entry: encodeNames(entry),
    }));
    await insertMissing(this.#requests, documents);
  }

  async list({ tenant, client, status, since = '', path, count, after }: RequestLogQuery): Promise<RequestLogPage> {
    const found = await this.#requests.find<Pick<RequestDocument, '_id' | 'entry'>>(
      {
        _id: { $gte: recordKey(tenant, since), $lt: after === undefined ? afterAll(tenant) : recordKey(tenant, after) },
        ...(client === undefined ? {} : { $or: [{ client }, { clientName: client }] }),
        ...(status === undefined ? {} : { status: { $gte: status.from, $lte: status.to } }),
        ...(path === undefined ? {} : { path: { $regex: `^${path.replace(/[^\w/]/g, '\\$&')}`, $options: 'i' } }),
      },
      { projection: { entry: 1 }, sort: { _id: -1 }, limit: count + 1 },
    );
    const shown = found
      .slice(0, count)
      .map(({ entry }) => decodeNames(entry) as RequestLogEntry & ReturnType<typeof decodeNames>);
    const last = shown.at(-1);
    return { entries: shown, ...(found.length > count && last !== undefined ? { next: positionOf(last) } : {}) };
  }

  async remove(tenant: string, positions: readonly string[]): Promise<void> {
    await this.#requests.deleteMany({ _id: { $in: positions.map((position) => recordKey(tenant, position)) } });
  }

  async purge(tenant: string, before: string): Promise<void> {
    await this.#requests.deleteInSteps({ _id: { $gte: recordKey(tenant, ''), $lt: recordKey(tenant, before) } }, '_id');
  }
}

/** The first key that is no longer the tenant's: `0` follows the slash. */
function afterAll(tenant: string): string {
  return `${tenant}0`;
}
