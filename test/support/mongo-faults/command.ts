import type { WireDocument, WireMessage } from './wire-message.ts';

/** A command that a driver sends. */
export interface Command {
  /** As the protocol names it: `insert`, `update`, `find`, `commitTransaction` … */
  readonly name: string;
  readonly database: string;
  /** The collection it names; empty where it names none. */
  readonly collection: string;
  /** The whole command, its batches of documents included. */
  readonly body: WireDocument;
}

/** Commands that a driver sends for itself, at moments of its own. */
const ownChores = new Set(['hello', 'ismaster', 'isMaster', 'ping', 'endSessions', 'killCursors', 'buildInfo']);

const writes = new Set([
  'insert',
  'update',
  'delete',
  'findAndModify',
  'commitTransaction',
  'abortTransaction',
  'bulkWrite',
]);

/** The command in a message; undefined for the older kinds of message, with which drivers only greet. */
export function commandOf({ body }: WireMessage): Command | undefined {
  const name = body && Object.keys(body)[0];
  if (!body || name === undefined) return undefined;
  const collection = name === 'getMore' ? body['collection'] : body[name];
  return { name, database: String(body['$db']), collection: typeof collection === 'string' ? collection : '', body };
}

/** True for what a store has asked for, rather than its driver for itself. */
export function isWork({ name }: Command): boolean {
  return !ownChores.has(name);
}

/** True for a command that changes data. */
export function isWrite({ name }: Command): boolean {
  return writes.has(name);
}

/** A command as test titles and failures tell it: `insert memberships`. */
export function nameOf({ name, collection }: Command): string {
  return collection === '' ? name : `${name} ${collection}`;
}
