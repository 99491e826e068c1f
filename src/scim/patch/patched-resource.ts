import type { ClientProfile } from '../../domain/client-profile.ts';
import type { OperationReport } from '../model/request-notes.ts';
import type { Resource } from '../model/resource.ts';
import type { MembersOperation } from './members-operation.ts';

/** How a PATCH is to be understood. */
export interface PatchOptions {
  readonly profile: ClientProfile;
  /** What becomes of an attribute in a value that no schema knows; the strict profile always refuses it. */
  readonly unknownAttributes: 'drop' | 'refuse';
  /**
   * IANA name of the tenant's zone, for times without an offset of a resource that has no `timezone`; UTC without it.
   */
  readonly timezone?: string;
}

/** What a PATCH makes of a resource. */
export interface PatchedResource {
  /** The very object passed in when nothing changed. */
  readonly resource: Resource;
  /** True when the resource differs; `members` may change something still. */
  readonly changed: boolean;
  /**
   * One per operation, in order. `alreadyTrue` for one that only concerns members: the code that applies these corrects
   * it.
   */
  readonly operations: readonly OperationReport[];
  /** What is to be done to the members, in order. */
  readonly members: readonly MembersOperation[];
}
