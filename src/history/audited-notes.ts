import { systemActor } from '../domain/actor.ts';
import { attributeChanges, type AttributeChange } from '../domain/attribute-changes.ts';
import type { Clock } from '../base/clock.ts';
import type { DomainEvent, EventType } from '../domain/events.ts';
import type { JsonObject } from '../base/json.ts';
import type { NoteDraft, Notes, NoteWritten } from '../domain/notes.ts';
import { presentCall } from '../domain/present-call.ts';
import { isSecretName } from '../text/secret-name.ts';

/** The kinds of notes that are configuration, and what the audit calls each. */
const audited: Readonly<Record<string, string>> = {
  tenant: 'Tenant',
  client: 'Client',
  credential: 'Credential',
  setupLink: 'SetupLink',
  keptSecret: 'Secret',
  administrator: 'Administrator',
  administratorInvitation: 'AdministratorInvitation',
};

/** Names that tell of a secret in these notes. */
const hidden = new Set(['hash', 'salt', 'sealed', 'totp', 'passkeys', 'recoveryCodes', 'keys']);

/** What changes by use alone. */
const byUse = new Set(['lastSignInAt', 'lastUsedAt', 'lastUsedFrom', 'seenAt']);

/**
 * Notes whose changes the audit tells, where they are configuration: each in the atomic write of the change itself, by
 * the actor of the present call.
 */
export class AuditedNotes implements Notes {
  readonly #notes: Notes;
  readonly #clock: Clock;
  readonly #operators: string;

  /** @param operators the tenant in whose audit the end of another is told */
  constructor(notes: Notes, clock: Clock, operators: string) {
    this.#notes = notes;
    this.#clock = clock;
    this.#operators = operators;
  }

  find: Notes['find'] = (...asked) => this.#notes.find(...asked);
  lookUp: Notes['lookUp'] = (...asked) => this.#notes.lookUp(...asked);
  list: Notes['list'] = (query) => this.#notes.list(query);
  walk: Notes['walk'] = (...asked) => this.#notes.walk(...asked);
  purge: Notes['purge'] = () => this.#notes.purge();

  async put<Value extends object = JsonObject>(
    draft: NoteDraft<Value>,
    expectedVersion: number | undefined,
    events: readonly DomainEvent[] = [],
  ): Promise<NoteWritten> {
    const target = audited[draft.kind];
    if (target === undefined) return this.#notes.put(draft, expectedVersion, events);
    const { tenant, key } = draft;
    const kind: string = draft.kind;
    const value = draft.value as JsonObject;
    const before = expectedVersion === 0 ? undefined : await this.#notes.find(tenant, kind, key);
    const changes = changesOf(before?.value, value);
    if (changes.length === 0) return this.#notes.put(draft, expectedVersion, events);
    const type = before === undefined ? 'configuration.created' : 'configuration.updated';
    const version = (before?.version ?? 0) + 1;
    const event = this.#event({ tenant, kind, key, value }, { type, target, version, changes });
    return this.#notes.put(draft, expectedVersion, [...events, event]);
  }

  async remove(
    tenant: string,
    kind: string,
    key: string,
    expectedVersion?: number,
    events: readonly DomainEvent[] = [],
  ): Promise<boolean> {
    const target = audited[kind];
    const before = target === undefined ? undefined : await this.#notes.find(tenant, kind, key);
    if (target === undefined || before === undefined)
      return this.#notes.remove(tenant, kind, key, expectedVersion, events);
    const changes = changesOf(before.value, undefined);
    const version = before.version + 1;
    const event = this.#event(before, { type: 'configuration.removed', target, version, changes });
    return this.#notes.remove(tenant, kind, key, expectedVersion, [...events, event]);
  }

  #event(
    { tenant, kind, key, value }: NoteDraft,
    told: {
      readonly type: EventType;
      readonly target: string;
      readonly version: number;
      readonly changes: readonly AttributeChange[];
    },
  ): DomainEvent {
    const call = presentCall();
    const name = value['name'] ?? value['email'];
    return {
      id: this.#clock.newId(),
      tenant: kind === 'tenant' ? this.#tellingOf(key, value, told.type) : tenant,
      type: told.type,
      at: this.#clock.now().toISOString(),
      resourceType: told.target,
      resourceId: key,
      version: told.version,
      triggeredBy: call === undefined ? 'system' : 'admin_api',
      actor: call?.actor ?? systemActor,
      ...(call?.address === undefined || call.address === '' ? {} : { address: call.address }),
      ...(call?.requestId === undefined ? {} : { requestId: call.requestId }),
      ...(typeof name === 'string' ? { name } : {}),
      changes: told.changes,
      data: {},
    };
  }

  /**
   * What the installation is told of a tenant is in that tenant's own audit; its end is in the operator's, so that
   * nothing of it is left, nor comes up in the audit of another tenant of this id.
   */
  #tellingOf(tenant: string, { status }: JsonObject, type: EventType): string {
    return type === 'configuration.removed' || status === 'erasing' ? this.#operators : tenant;
  }
}

function changesOf(before: JsonObject | undefined, after: JsonObject | undefined): AttributeChange[] {
  const isHidden = (path: string): boolean => path.split('.').some((name) => hidden.has(name) || isSecretName(name));
  const changes = attributeChanges(before, after, isHidden);
  return changes.every(({ path }) => byUse.has(path)) && before !== undefined && after !== undefined ? [] : changes;
}
