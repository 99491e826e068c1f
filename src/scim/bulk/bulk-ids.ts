import type { JsonObject } from '../../base/json.ts';
import type { Steps } from '../../base/cooperative.ts';
import { InvalidValueError, ScimError } from '../model/scim-error.ts';
import type { BulkProgress } from './bulk-progress.ts';
import { replaceReferences, splitResource, type SplitResource } from './bulk-references.ts';
import type { BulkOperation, BulkRequest } from './bulk-request.ts';

/** Which operation each bulkId of a request stands for, and which resource it has become. */
export class BulkIds {
  readonly #indexOf = new Map<string, number>();

  constructor({ operations }: BulkRequest) {
    for (const [index, { bulkId }] of operations.entries())
      if (bulkId !== undefined && !this.#indexOf.has(bulkId)) this.#indexOf.set(bulkId, index);
  }

  /** The index of the operation; undefined where no operation has this bulkId. */
  operationOf(bulkId: string): number | undefined {
    return this.#indexOf.get(bulkId);
  }

  /** An operation with ids for its references, except for those that must be added later. */
  *resolved(
    { method, path, data }: BulkOperation,
    references: ReadonlySet<string>,
    progress: BulkProgress,
  ): Steps<Pick<BulkOperation, 'path' | 'data'> & Pick<SplitResource, 'later'>> {
    const isPending = (bulkId: string): boolean => this.#isPending(bulkId, progress);
    const idOf = (bulkId: string): string => this.idOf(bulkId, progress);
    const isCircular = data !== undefined && method === 'POST' && [...references].some(isPending);
    const { now, later } = isCircular ? yield* splitResource(data, isPending) : { now: data, later: [] };
    const body = now === undefined ? {} : { data: (yield* replaceReferences(now, idOf)) as JsonObject };
    return { path: (yield* replaceReferences(path, idOf, 'path')) as string, ...body, later };
  }

  /** @throws ScimError when the bulkId is unknown, or its operation failed */
  idOf(bulkId: string, { ids }: BulkProgress): string {
    const id = ids.get(bulkId);
    if (id !== undefined) return id;
    if (!this.#indexOf.has(bulkId))
      throw new InvalidValueError(`"bulkId:${bulkId.slice(0, 100)}" names no operation of this request.`);
    throw new ScimError(
      409,
      undefined,
      `The operation that "bulkId:${bulkId.slice(0, 100)}" refers to did not succeed.`,
    );
  }

  /** True for what is being worked on further up: the reference is circular. */
  #isPending(bulkId: string, { begun, answers }: BulkProgress): boolean {
    const index = this.#indexOf.get(bulkId);
    return index !== undefined && begun.has(index) && !answers.has(index);
  }
}
