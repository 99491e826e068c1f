import type { Actor } from '../../domain/actor.ts';
import type { ClientProfile } from '../../domain/client-profile.ts';
import type { Soon } from '../../base/soon.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Condition, SortOrder } from '../search/condition.ts';
import type { IdempotencyKey } from './idempotency-key.ts';
import type { DryRunReport } from './dry-run.ts';
import type { PatchOperation } from '../patch/patch-op.ts';
import type { OperationReport, SkippedMembers } from '../model/request-notes.ts';
import type { Resource } from '../model/resource.ts';
import type { MemberFrame, MemberTexts, PageText, TextFrame } from './text-frame.ts';
import type { ResourceType } from '../model/resource-type.ts';

/** Who calls, on whose behalf, and how to treat their dialect. */
export interface RequestContext {
  readonly tenant: string;
  /** The calling client; `me` is the id of the user it calls for, where it does. */
  readonly client: {
    readonly id: string;
    readonly name: string;
    readonly me?: string | undefined;
    /** The resource types it may see and write; absent: all. */
    readonly resourceTypes?: readonly string[] | undefined;
    /** The attributes it may write, as `pathCovers` has them; absent: all. */
    readonly attributes?: readonly string[] | undefined;
  };
  readonly profile: ClientProfile;
  /** What set the call off, as events report it. */
  readonly triggeredBy: 'scim' | 'admin_api' | 'import' | 'self' | 'system';
  /** Correlates log lines, events and the request log. */
  readonly requestId: string;
  /** Who calls, as the audit tells it; absent: the client. */
  readonly actor?: Actor;
  /** The address the call comes from, where it comes from another machine. */
  readonly address?: string;
  /** What made the call (`User-Agent`), and the language it wished for. */
  readonly agent?: string;
  readonly locale?: string;
  /** True once the caller has been told to try again: what has not been written by then is not written. */
  readonly isOver?: () => boolean;
  /** Of an import: whether its events are told to webhooks. They are not unless it says so. */
  readonly tellsWebhooks?: boolean;
  /** The dialect rules that made sense of the request, as the audit tells them. */
  readonly rules?: readonly string[];
  /** The write takes back what requests whose ids begin so have done: others' word since then goes before it. */
  readonly takesBack?: string;
  /** When true the handler computes and checks everything and stores nothing. */
  readonly dryRun: boolean;
  /** True for a caller that may read audit events. */
  readonly readsAudit?: boolean;
  /** True for a client that may write and not read: an answer tells it nothing that it did not send itself. */
  readonly writesOnly?: boolean;
}

/** A resource as stored, before projection; `meta.location` is added by the endpoint, which knows the base URL. */
export interface Representation {
  /**
   * Includes `schemas`, `id` and, where asked for, computed attributes (`groups`). Never holds attributes that are
   * never returned.
   */
  readonly resource: Resource;
  /** The same as JSON text, where it is known what an answer shows that names no attributes. */
  readonly publicText?: PublicText;
  readonly resourceType: string;
  readonly version: number;
  readonly created: string;
  readonly lastModified: string;
  /** A Group's members, read lazily so that a group of any size can be streamed; absent when not asked for. */
  readonly members?: AsyncIterable<readonly Resource[]>;
  /**
   * The same as text, where the members are stored: each with all that it has. A part that cannot be framed comes as
   * resources.
   */
  readonly memberTexts?: (frame: MemberFrame) => AsyncIterable<MemberTexts | readonly Resource[]>;
  /** What a dry run would have brought about; absent where something was really done. */
  readonly dryRun?: DryRunReport;
  /** Of a write that left out members that do not exist. */
  readonly skippedMembers?: SkippedMembers;
}

/** What an answer shows of a resource that names no attributes: JSON text, and what varies. `meta` is not in it. */
export interface PublicText {
  /** A JSON object: all but `id`, `groups` and `members`. */
  readonly text: string;
  readonly id: string;
  readonly groups: readonly Resource[];
}

/** Which computed attributes the answer needs; those not asked for cost nothing. */
export interface Include {
  readonly members: boolean;
  readonly groups: boolean;
}

/** If-Match and If-None-Match as lists of versions, or `*` (RFC 7644 §3.14). */
export interface Precondition {
  readonly ifMatch?: readonly number[] | '*';
  readonly ifNoneMatch?: readonly number[] | '*';
}

/**
 * Where a page of a walk through a list starts (RFC 9865): on `after` a position, or back, ending `before` what
 * follows one. Positions are the store's own; the empty one is the list's first end going on, its last going back.
 */
export type WalkStart = { readonly after: string } | { readonly before: string };

/** A list request, bound and normalised (RFC 7644 §3.4.2; RFC 9865). */
export interface ListQuery {
  readonly condition: Condition | undefined;
  readonly sort: SortOrder | undefined;
  readonly wants: Include;
  /** The most resources to answer; 0 asks for the count alone. */
  readonly count: number;
  /** Index paging, 1-based; or cursor paging. */
  readonly page: { readonly startIndex: number } | WalkStart;
  /** Where the page may be answered as text: how its resources are written. */
  readonly frame?: TextFrame | undefined;
}

/** One page. */
export interface ListPage {
  readonly totalResults: number;
  readonly resources: readonly Representation[];
  /** The resources as text, in place of `resources`, which is empty then. Only where there was a frame. */
  readonly text?: PageText | undefined;
  /** In cursor paging: the position to go on `after`, absent on the last page. */
  readonly next?: string;
  /** In cursor paging: the position to go back from, as `before`, absent on the first page. */
  readonly previous?: string;
}

/** What a PATCH did. */
export interface PatchResult {
  readonly representation: Representation;
  /** False when every operation was already true: nothing was stored, the version is unchanged. */
  readonly changed: boolean;
  /** One per operation, in order: applied, or already true. (A refused one is thrown as a ScimError.) */
  readonly operations: readonly OperationReport[];
  /** True when the operations concerned nothing but the members of a group, whose other members were not read. */
  readonly membersOnly: boolean;
}

/** Work that is done and not written yet. */
export interface StagedWork {
  /**
   * Writes it, all in one commit.
   * @returns false, with nothing written, where another writer was quicker with one of the resources
   */
  write(): Promise<boolean>;
}

/**
 * PORT: what the protocol needs of the product. Declared here, implemented by `provisioning`. Every method throws
 * ScimError for what the caller can mend: NotFoundError, UniquenessError, PreconditionFailedError, MutabilityError,
 * InvalidValueError.
 */
export interface ResourceHandler {
  /**
   * Stores a new resource that `validateResource` has passed (RFC 7644 §3.3). An attempt made before, in whichever
   * process, makes nothing and answers the resource it made, as long as that exists.
   * @throws ScimError 422 when the attempt's key was used for another resource
   */
  create(
    context: RequestContext,
    type: ResourceType,
    resource: Resource,
    wants: Include,
    attempt?: IdempotencyKey,
  ): Promise<Representation>;
  /** Reads one resource (§3.4.1). */
  read(context: RequestContext, type: ResourceType, id: string, wants: Include): Soon<Representation>;
  /** Answers one page of one resource type (§3.4.2). */
  list(context: RequestContext, type: ResourceType, query: ListQuery): Soon<ListPage>;
  /** Replaces a resource; what is readOnly, or pending and not named, survives (§3.5.1). */
  replace(
    context: RequestContext,
    type: ResourceType,
    id: string,
    resource: Resource,
    precondition: Precondition,
    wants: Include,
  ): Promise<Representation>;
  /** Applies all operations or none (§3.5.2). */
  patch(
    context: RequestContext,
    type: ResourceType,
    id: string,
    operations: readonly PatchOperation[],
    precondition: Precondition,
    wants: Include,
  ): Promise<PatchResult>;
  /** Removes a resource (§3.6). @returns what a dry run would have brought about */
  remove(
    context: RequestContext,
    type: ResourceType,
    id: string,
    precondition: Precondition,
  ): Promise<DryRunReport | undefined>;
  /**
   * Does a piece of work whose writes take effect all together, or not at all when it is not to be kept. It is done
   * with a handler of its own, and again from the beginning when others have changed the same resources meanwhile.
   * @throws ScimError 501 where the database cannot
   */
  atomically<Answer>(
    work: (handler: ResourceHandler) => Promise<{ readonly keep: boolean; readonly answer: Answer }>,
  ): Promise<Answer>;
  /**
   * Does a piece of work whose writes are to be handed to the database together, so that many of them need one commit.
   * It is done with a handler of its own, in which its earlier writes show.
   * @param onto earlier work, which may be on its way to the disk; its writes show too, and it must be written before
   * @returns the work, not written yet; undefined where the database writes resources one by one: then so must the
   *   caller
   */
  stage(work: (handler: ResourceHandler) => Promise<void>, onto?: StagedWork): Promise<StagedWork | undefined>;
  /**
   * What a batch that may be repeated was answered, if it has been carried out.
   * @throws ScimError 422 when the attempt's key was used for another batch
   */
  recall(context: RequestContext, attempt: IdempotencyKey): Promise<JsonObject | undefined>;
  /**
   * Keeps a batch's answer for its repetitions; called within the batch's write, so that both are written or neither.
   */
  remember(context: RequestContext, attempt: IdempotencyKey, answer: JsonObject): Promise<void>;
}
