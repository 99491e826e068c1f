import { type Actor, systemActor } from '../../domain/actor.ts';
import type { EventType, DomainEvent } from '../../domain/events.ts';
import type { JsonObject } from '../../base/json.ts';
import { presentCall } from '../../domain/present-call.ts';

/** Origin of what users do themselves. */
export const bySelf: Origin = { triggeredBy: 'self' };

/** An event before its time, place and actor are added. */
export interface EventDraft {
  /** Where the record that is written with it must know its id; else one is made. */
  readonly id?: string;
  readonly type: EventType;
  readonly data: JsonObject;
}

/** What set a change off. */
export interface Origin {
  readonly triggeredBy: DomainEvent['triggeredBy'];
  readonly client?: string;
  readonly requestId?: string;
  /** Who; where it is absent, the present call's actor, else what `triggeredBy` tells. */
  readonly actor?: Actor;
  /** The address the call came from. */
  readonly address?: string;
  /** What made the call, and the language it wished for. */
  readonly agent?: string;
  readonly locale?: string;
  /** Of an import: whether its events are told to webhooks (`planWebhooks`). */
  readonly tellsWebhooks?: boolean;
  /** The dialect rules that made sense of the request. */
  readonly rules?: readonly string[];
}

/**
 * An origin completed with actor and address: its own values first, then those of the present call, then what
 * `triggeredBy` tells. What users do themselves is attributed to them, whatever client carries it.
 * @param user the user that changes their own record, if so
 */
export function completeOrigin(
  origin: Origin,
  user: { readonly id: string; readonly name: string },
): Origin & { readonly actor: Actor } {
  const call = presentCall();
  const address = origin.address ?? call?.address;
  const requestId = origin.requestId ?? call?.requestId;
  const agent = origin.agent ?? call?.agent;
  const locale = origin.locale ?? call?.locale;
  return {
    ...origin,
    actor:
      origin.actor ?? (origin.triggeredBy === 'self' ? { kind: 'user', ...user } : call?.actor) ?? actorBehind(origin),
    ...(address === undefined || address === '' ? {} : { address }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(agent === undefined ? {} : { agent }),
    ...(locale === undefined ? {} : { locale }),
  };
}

function actorBehind({ triggeredBy, client }: Origin): Actor {
  switch (triggeredBy) {
    case 'import':
      return { kind: 'import', id: client ?? 'import', name: client ?? 'import' };
    case 'scim':
    case 'admin_api':
      return { kind: 'client', id: client ?? '', name: client ?? '' };
    default:
      return client === undefined ? systemActor : { kind: 'client', id: client, name: client };
  }
}
