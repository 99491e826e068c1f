/** What kind of actor changes something. */
export type ActorKind = 'client' | 'administrator' | 'user' | 'import' | 'operator' | 'system';

/** Who did something, as events and the audit tell it: never the person who made a credential, nor a secret. */
export interface Actor {
  readonly kind: ActorKind;
  /** Of a client, an administrator, a user or an import batch its id. */
  readonly id: string;
  /** What people know it by: a client's name, an administrator's or user's user name. */
  readonly name: string;
  /** The id of the credential that proved it, where it has credentials. */
  readonly credential?: string;
}

/** Latchkey itself: the sweep, the sender of messages, whatever time brings about. */
export const systemActor: Actor = { kind: 'system', id: 'system', name: 'Latchkey' };

/** Who works at the command line, beside the data. */
export const operatorActor: Actor = { kind: 'operator', id: 'operator', name: 'command line' };
