import { DeletedUsers } from '../../src/provisioning/records/deleted-users.ts';
import { MemoryNotes } from './memory-notes.ts';
import type { Clock } from '../../src/base/clock.ts';
import type { DomainEvent, EventType } from '../../src/domain/events.ts';
import type { JsonObject } from '../../src/base/json.ts';
import { loadSettings } from '../../src/config/load-settings.ts';
import type { Prepared } from '../../src/notify/delivery/addressee.ts';
import type { Delivery } from '../../src/notify/delivery/delivery.ts';
import { planDeliveries } from '../../src/notify/delivery/plan.ts';
import type { Account } from '../../src/provisioning/records/account.ts';
import { FirstKeyAddressee } from '../../src/provisioning/messages/first-key-addressee.ts';
import { Access, type AccessParts } from '../../src/provisioning/access/access.ts';
import { latchkeyUrn, type Onboarding, readOnboarding } from '../../src/provisioning/user/latchkey-extension.ts';
import { MessageUses } from '../../src/provisioning/messages/message-uses.ts';
import { dueAt } from '../../src/provisioning/first-key/due-at.ts';
import { OnboardingSweep } from '../../src/provisioning/first-key/onboarding-sweep.ts';
import { PasswordReveal } from '../../src/provisioning/access/password-reveal.ts';
import { PasswordHasher } from '../../src/provisioning/passwords/password-hasher.ts';
import { RecordWriter } from '../../src/provisioning/records/record-writer.ts';
import { DryRuns } from '../../src/provisioning/resources/dry-runs.ts';
import { ResourceService } from '../../src/provisioning/resources/resource-service.ts';
import { SecretBox } from '../../src/base/secret-box.ts';
import type { PatchOperation } from '../../src/scim/patch/patch-op.ts';
import type { Representation, RequestContext, Include } from '../../src/scim/port/resource-handler.ts';
import type { Resource } from '../../src/scim/model/resource.ts';
import { validateResource } from '../../src/scim/validate/validate-resource.ts';
import type { Settings } from '../../src/config/settings.ts';
import { MemoryLeases } from './memory-notes.ts';
import { MemoryTallies } from './memory-tallies.ts';
import { MemoryStore } from './memory-store.ts';
import { groupType, userType } from './resource-types.ts';
import { type ChangeUser, createChangeUser } from '../../src/provisioning/user/change-user.ts';

/** A message as its recipient got it. */
export interface Message {
  readonly template: string;
  readonly to: string;
  readonly values: Readonly<Record<string, string | boolean | number | null>>;
}

/** What a test changes of the settings. */
export type SettingsPatch = {
  [Room in keyof Settings]?: Settings[Room] extends readonly unknown[]
    ? Settings[Room]
    : Settings[Room] extends object
      ? Partial<Settings[Room]>
      : Settings[Room];
};

export const tenant = 'acme';
export const noWants: Include = { members: false, groups: false };
const cheap = { memoryCost: 8, timeCost: 1, parallelism: 1 };
const defaults = loadSettings(undefined);

/**
 * Provisioning as it stands in a running server, over a store in memory, with time in the test's hand and mail in an
 * array.
 */
export class ProvisioningBench {
  readonly store = new MemoryStore();
  readonly tallies = new MemoryTallies();
  readonly hasher = new PasswordHasher(cheap);
  readonly secrets = new SecretBox([Buffer.alloc(32, 7)]);
  readonly changeUser: ChangeUser;
  readonly service: ResourceService;
  readonly rehearsal: DryRuns;
  readonly deleted: DeletedUsers;
  readonly uses: MessageUses;
  readonly keys: Access;
  /** Another process on the same store, or this one after a restart. */
  readonly anotherProcess: () => Access;
  readonly reveals: PasswordReveal;
  readonly addressee: FirstKeyAddressee;
  readonly sweep: OnboardingSweep;
  readonly errors: unknown[] = [];
  settings: Settings;
  now = Date.parse('2031-05-06T07:08:09.000Z');
  #ids = 0;
  #planned = 0;
  #queue: Delivery[] = [];

  /** @param refusals how refused sign-ins are held back: not at all, if left out */
  constructor(patch: SettingsPatch = {}, refusals: Pick<AccessParts, 'refusalMs' | 'stopwatch'> = { refusalMs: 0 }) {
    this.settings = {
      ...defaults,
      ...patch,
      onboarding: { ...defaults.onboarding, ...patch.onboarding },
      passwords: { ...defaults.passwords, ...patch.passwords },
      scim: { ...defaults.scim, ...patch.scim },
      sms: { ...defaults.sms, ...patch.sms },
      brand: { ...defaults.brand, ...patch.brand },
      mail: { ...defaults.mail, ...patch.mail },
      console: { ...defaults.console, ...patch.console },
      requestLog: { ...defaults.requestLog, ...patch.requestLog },
      deliveries: { ...defaults.deliveries, ...patch.deliveries },
      audit: { ...defaults.audit, ...patch.audit },
    };
    const clock: Clock = { now: () => new Date(this.now), newId: () => `id-${String(++this.#ids).padStart(5, '0')}` };
    const writer = new RecordWriter(this.store, clock, undefined, {
      dueAt: (record) => (record.type === userType.name ? dueAt(record, this.settings) : null),
    });
    const world = { writer, clock, settingsOf: () => this.settings, userType };
    this.changeUser = createChangeUser(world);
    const parts = {
      ...world,
      store: this.store,
      changeUser: this.changeUser,
      hasher: this.hasher,
      secrets: this.secrets,
    };
    const rehearsal = new DryRuns({
      ...parts,
      publicUrlOf: () => 'https://keys.example',
      plan: (event) => planDeliveries(event, 'keys.example'),
      write: ({ template }, { values }) => ({ subject: template, text: JSON.stringify(values) }),
    });
    this.deleted = new DeletedUsers(new MemoryNotes(() => clock.now()), clock);
    this.rehearsal = rehearsal;
    this.service = new ResourceService({ ...parts, rehearsal, deleted: this.deleted });
    this.uses = new MessageUses({ ...parts, onError: (error) => this.errors.push(error) });
    const accessParts: AccessParts = {
      ...parts,
      uses: this.uses,
      tallies: this.tallies,
      onError: (error) => this.errors.push(error),
      ...refusals,
    };
    this.keys = new Access(accessParts);
    this.anotherProcess = () => new Access(accessParts);
    this.reveals = new PasswordReveal({ ...parts, textsGoOut: () => true });
    this.addressee = new FirstKeyAddressee({ ...parts, publicUrlOf: () => 'https://keys.example' });
    this.sweep = new OnboardingSweep({ ...parts, due: this.store, leases: new MemoryLeases(), owner: 'bench' });
  }

  /** A writer as another process on the same database has it. */
  writerOver(store: MemoryStore): RecordWriter {
    return new RecordWriter(store, { now: () => new Date(this.now), newId: () => `other-${String(++this.#ids)}` });
  }

  context(changes: Partial<RequestContext> = {}): RequestContext {
    return {
      tenant,
      client: { id: 'c1', name: 'idp' },
      profile: 'auto',
      triggeredBy: 'scim',
      requestId: 'r1',
      dryRun: false,
      ...changes,
    };
  }

  passMinutes(minutes: number): void {
    this.now += minutes * 60_000;
  }

  /** Creates a user from a body as a client sends it; answers the id. */
  async createUser(body: JsonObject, context: Partial<RequestContext> = {}): Promise<string> {
    const created = await this.service.create(this.context(context), userType, validUser(body), noWants);
    return created.resource['id'] as string;
  }

  replaceUser(id: string, body: JsonObject, context: Partial<RequestContext> = {}): Promise<Representation> {
    return this.service.replace(this.context(context), userType, id, validUser(body, 'replace'), {}, noWants);
  }

  async createGroup(displayName: string, members: readonly string[]): Promise<string> {
    const resource = { schemas: [groupType.schema.id], displayName, members: members.map((value) => ({ value })) };
    const wants = { members: false, groups: false };
    const { resource: created } = await this.service.create(this.context(), groupType, resource, wants);
    return created.id as string;
  }

  async remove(id: string): Promise<void> {
    await this.service.remove(this.context(), userType, id, {});
  }

  async patchUser(
    id: string,
    operations: readonly PatchOperation[],
    context: Partial<RequestContext> = {},
  ): Promise<boolean> {
    return (await this.service.patch(this.context(context), userType, id, operations, {}, noWants)).changed;
  }

  /** Sets attributes of the onboarding extension by PATCH. */
  setOnboarding(id: string, values: JsonObject): Promise<boolean> {
    return this.patchUser(id, [{ op: 'replace', value: { [latchkeyUrn]: values } }]);
  }

  async onboarding(id: string): Promise<Onboarding> {
    return readOnboarding((await this.store.get(tenant, 'User', id))!.resource);
  }

  async account(id: string): Promise<Account> {
    return (await this.store.get(tenant, 'User', id))!.account!;
  }

  async version(id: string, type = 'User'): Promise<number> {
    return (await this.store.get(tenant, type, id))!.version;
  }

  eventTypes(from = 0): EventType[] {
    return this.store.events.slice(from).map(({ type }) => type);
  }

  lastEvent(type: EventType): DomainEvent | undefined {
    return this.store.events.findLast((event) => event.type === type);
  }

  /** Files the deliveries of new events, as the relay does, and answers those that are due. */
  due(): Delivery[] {
    const events = this.store.events.slice(this.#planned);
    this.#planned = this.store.events.length;
    for (const event of events) {
      if (event.type === 'deliveries.cancelled')
        this.#queue = this.#queue.filter(({ userId }) => userId !== event.resourceId);
      this.#queue.push(...planDeliveries(event, 'keys.example'));
    }
    const due = this.#queue.filter(({ notBefore }) => notBefore <= new Date(this.now).toISOString());
    this.#queue = this.#queue.filter((delivery) => !due.includes(delivery));
    return due;
  }

  /** Prepares and "sends" everything that is due; answers what people got. */
  async deliver(): Promise<Message[]> {
    const messages: Message[] = [];
    for (const delivery of this.due()) {
      const prepared = await this.addressee.prepare(delivery);
      await this.conclude(delivery, prepared);
      if (prepared.outcome === 'send')
        messages.push({ template: delivery.template, to: prepared.to, values: prepared.values });
    }
    return messages;
  }

  /** Reports what a worker would make of a prepared delivery whose message the server accepts. */
  async conclude(delivery: Delivery, prepared: Prepared): Promise<void> {
    const endedAt = new Date(this.now).toISOString();
    if (prepared.outcome === 'send')
      return this.addressee.report({
        ...delivery,
        state: 'sent',
        attempts: 1,
        endedAt,
        lastReply: '250 OK',
        reported: false,
      });
    if (prepared.outcome === 'fail')
      return this.addressee.report({
        ...delivery,
        state: 'dead',
        endedAt,
        lastReply: prepared.reason,
        reported: false,
      });
    if (prepared.outcome === 'cancel')
      return this.addressee.report({
        ...delivery,
        state: 'cancelled',
        endedAt,
        lastReply: prepared.reason,
        reported: false,
      });
    const held = {
      ...delivery,
      heldFor: prepared.reason,
      notBefore: prepared.until.toISOString(),
      lastReply: prepared.reason,
      reported: false,
    };
    this.#queue.push(held);
    return this.addressee.report(held);
  }
}

/** The token in a mailed link. */
export function tokenOf({ values }: Message): string {
  return new URL(String(values['link'])).searchParams.get('token') ?? '';
}

/** A user of the core schema with onboarding attributes. */
export function userBody(userName: string, onboarding: JsonObject = {}, more: JsonObject = {}): JsonObject {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName,
    name: { givenName: 'Ines', familyName: 'Okoro' },
    emails: [{ value: `${userName}@mail.example`, type: 'work', primary: true }],
    ...(Object.keys(onboarding).length === 0 ? {} : { [latchkeyUrn]: onboarding }),
    ...more,
  };
}

/** A validated user. */
export function validUser(body: JsonObject, context: 'create' | 'replace' = 'create'): Resource {
  return validateResource(userType, body, { context, unknownAttributes: 'drop' }).resource;
}

/** A validated group. */
export function groupBody(displayName: string, members: readonly string[] = []): Resource {
  const body = { schemas: [groupType.schema.id], displayName, members: members.map((value) => ({ value })) };
  return validateResource(groupType, body, { context: 'create', unknownAttributes: 'drop' }).resource;
}
