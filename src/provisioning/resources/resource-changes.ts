import { equalJson } from '../../base/json.ts';
import type { OperationReport } from '../../scim/model/request-notes.ts';
import type { Precondition, RequestContext } from '../../scim/port/resource-handler.ts';
import type { Resource } from '../../scim/model/resource.ts';
import type { ChangePlanner } from './change-planner.ts';
import { type Target } from './change-planner.ts';
import { type PasswordChange, preparePassword, type PreparedPassword } from './client-password.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import type { RecordWriter } from '../records/record-writer.ts';
import { StoreUnavailableError, type StoredRecord } from '../records/resource-store.ts';
import type { Decision, RecordChange, RecordRef } from '../records/record-change.ts';
import type { ResourceServiceParts } from './resource-service-parts.ts';
import { SecretAttributes } from '../passwords/secret-attributes.ts';
import { tapeFor, optionsOf, dryRunOn } from './write-tape.ts';
import { type Written, notFound } from './resource-reads.ts';

/** What a caller wants a record to become. */
interface Change {
  readonly wanted: Target;
  readonly operations: readonly OperationReport[];
}

/** Changes of a resource that is there: planned, and written if anything is another than before. */
export class ResourceChanges {
  readonly #writer: RecordWriter;
  readonly #hasher: PasswordHasher;
  readonly #planner: ChangePlanner;
  readonly #secrets: SecretAttributes;

  constructor({ writer, hasher, secrets }: ResourceServiceParts, planner: ChangePlanner) {
    this.#writer = writer;
    this.#hasher = hasher;
    this.#secrets = new SecretAttributes(secrets);
    this.#planner = planner;
  }

  /**
   * Changes a record; where a password must be hashed first the line is left, and joined again with the hash in hand.
   */
  async change(
    context: RequestContext,
    ref: RecordRef,
    precondition: Precondition,
    wish: (before: StoredRecord) => Change | Promise<Change>,
  ): Promise<Written> {
    let sent: Resource = {};
    const decide = async (
      before: StoredRecord | undefined,
      prepared: PreparedPassword | undefined,
    ): Promise<Decision<Written | PasswordChange>> => {
      if (before === undefined) throw notFound(ref.type, ref.id);
      const resource = this.#secrets.open(ref, before.resource);
      const opened = resource === before.resource ? before : { ...before, resource };
      const { wanted, operations } = await wish(opened);
      sent = wanted.resource;
      const outcome = await this.#planner.plan(context, ref, opened, wanted, prepared);
      if (outcome.kind === 'hashFirst') return { kind: 'keep', answer: outcome.wish };
      const { applied, skipped } = outcome;
      const change = this.#sealed(ref, before, opened, outcome.change);
      const unchanged = isUnchanged(before, change);
      const repeats = typeof sent['password'] === 'string' && hasSamePassword(before, change);
      const reports = operations.map((report, index): OperationReport => {
        if (repeats && (unchanged || isPassword(report.path))) return { ...report, outcome: 'alreadyTrue' };
        return applied.has(index) ? { ...report, outcome: 'applied' } : report;
      });
      if (unchanged)
        return {
          kind: 'keep',
          answer: { record: before, changed: false, members: undefined, operations: reports, skipped },
        };
      return {
        kind: 'put',
        change,
        answer: (record) => ({ record, changed: true, members: change.members, operations: reports, skipped }),
      };
    };
    let prepared: PreparedPassword | undefined;
    const tape = tapeFor(context);
    for (let round = 0; round < 5; round += 1) {
      const answer = await this.#writer.update(ref, (before) => decide(before, prepared), {
        ...optionsOf(context, tape),
        precondition,
      });
      if ('record' in answer) return tape === undefined ? answer : { ...answer, rehearsed: dryRunOn(tape, sent) };
      prepared = await preparePassword(answer, this.#hasher);
    }
    throw new StoreUnavailableError('The password is being changed by others at the same time.');
  }

  #sealed(ref: RecordRef, before: StoredRecord, opened: StoredRecord, change: RecordChange): RecordChange {
    const resource = this.#secrets.seal(ref, change.resource, before.resource);
    if (resource === change.resource && opened === before) return change;
    return { ...change, resource, compared: { before: opened.resource, after: change.resource } };
  }
}

function isPassword(path = ''): boolean {
  return /(^|:)password$/i.test(path.trim());
}

/** A sync repeats a password that it had sent before: it is not taken again. */
function hasSamePassword({ account: had }: StoredRecord, { account: has }: RecordChange): boolean {
  return had?.passwordHash === has?.passwordHash && had?.sealedPassword === has?.sealedPassword;
}

function isUnchanged(before: StoredRecord, { resource, account, members, events }: RecordChange): boolean {
  return (
    members === undefined
    && events.length === 0
    && equalJson(before.resource, resource)
    && JSON.stringify(before.account) === JSON.stringify(account)
  );
}
