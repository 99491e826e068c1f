import { expectOperator } from './tenant-operations.ts';
import { operation, type Operation } from '../operation.ts';

/** A key as the operator sees it: nothing of the key itself. */
export interface KeyView {
  /** What sealed secrets name it by. */
  readonly id: string;
  readonly active: boolean;
  /** When it was first used here: ISO 8601 UTC. */
  readonly since: string;
}

/** What the operations work with. */
export interface KeyOperationsParts {
  readonly keys: () => Promise<readonly KeyView[]>;
  /** Makes a new key where Latchkey manages its keys, and reseals what older keys have sealed. */
  readonly rotate: () => Promise<{ readonly resealed: number; readonly unreadable: number }>;
}

/** Operations of the operator on the keys that seal stored secrets. */
export function keyOperations({ keys, rotate }: KeyOperationsParts): Readonly<Record<string, Operation>> {
  return {
    listKeys: operation(async ({ actor }) => {
      expectOperator(actor);
      return { body: { keys: await keys() } };
    }),
    rotateKeys: operation(async ({ actor }) => {
      expectOperator(actor);
      const { resealed, unreadable } = await rotate();
      return { body: { keys: await keys(), resealed, unreadable } };
    }),
  };
}
