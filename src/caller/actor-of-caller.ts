import { type Actor, operatorActor } from '../domain/actor.ts';
import type { Caller } from '../domain/client.ts';
import { socketCredential } from './local-callers.ts';

/** Who a caller is in events and in the audit: a client, or the operator at the command line. */
export function actorOfCaller({ id, name, credential }: Caller): Actor {
  return credential === socketCredential ? operatorActor : { kind: 'client', id, name, credential };
}
