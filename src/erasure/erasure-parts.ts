import type { Clock } from '../base/clock.ts';
import type { DomainEvent } from '../domain/events.ts';
import type { Notes } from '../domain/notes.ts';
import type { RequestLog } from '../domain/request-log.ts';
import type { TenantData } from '../domain/tenant-data.ts';
import type { EventLog } from '../history/event-log.ts';
import type { Delivery } from '../notify/delivery/delivery.ts';
import type { Mailbox } from '../notify/mail/mailbox.ts';
import type { Outbox } from '../notify/outbox/outbox.ts';
import type { DeletedUsers } from '../provisioning/records/deleted-users.ts';
import type { ResourceStore } from '../provisioning/records/resource-store.ts';
import type { ResourceType } from '../scim/model/resource-type.ts';
import type { RequestContext, ResourceHandler } from '../scim/port/resource-handler.ts';
import type { Traces } from '../text/traces.ts';

/** What erasing a person works with. */
export interface ErasureParts {
  readonly store: ResourceStore;
  readonly events: EventLog;
  readonly outbox: Outbox;
  readonly mailbox: Mailbox;
  readonly requests: RequestLog;
  readonly notes: Notes;
  readonly data: Pick<TenantData, 'forgetRemoved'>;
  readonly deleted: Pick<DeletedUsers, 'find' | 'forget'>;
  /** Changes users on behalf of who asked for the erasure. */
  readonly handler: Pick<ResourceHandler, 'patch' | 'remove'>;
  readonly userType: ResourceType;
  /** The deliveries that an event asks for. */
  readonly plan: (event: DomainEvent) => readonly Delivery[];
  /** Forgets requests that wait sealed and name a person. @returns how many */
  readonly forgetRequests?: (tenant: string, isTheirs: (text: string) => boolean) => Promise<number>;
  readonly clock: Clock;
  /** How long calls and refusals wait in the memory of some process before they are filed, in milliseconds. */
  readonly lateMs?: number;
}

/** What was erased of a person, by kind: how many. */
export interface ErasedCounts {
  readonly events: number;
  readonly messages: number;
  readonly calls: number;
  /** Rows of files, saved lists and the like. */
  readonly notes: number;
  /** Answers to batches that are kept for repetitions. */
  readonly answers: number;
  /** People whose manager they were. */
  readonly reports: number;
}

/** The person of an erasure. */
export interface Person {
  readonly tenant: string;
  readonly id: string;
  readonly traces: Traces;
  /** On whose behalf. */
  readonly context: RequestContext;
}
