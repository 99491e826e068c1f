import type { EventType, DomainEvent } from '../../events.ts';
import type { JsonObject } from '../../json.ts';

/** Origin of what users do themselves. */
export const bySelf: Origin = { triggeredBy: 'self' };

/** An event before it is stamped with when, where and by whom. */
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
}
