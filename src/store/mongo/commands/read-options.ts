import type { mongo } from 'mongoose';

/** What to read, beside the filter. */
export interface ReadOptions {
  readonly projection?: mongo.Document;
  readonly sort?: Readonly<Record<string, 1 | -1>>;
  readonly skip?: number;
  readonly limit?: number;
  readonly session?: mongo.ClientSession;
}

/** A filter as MongoDB takes it; built from constants and bound values alone. */
export type Filter = Readonly<Record<string, unknown>>;
