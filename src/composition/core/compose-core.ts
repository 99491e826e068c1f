import { systemClock } from '../../base/clock.ts';
import type { Config } from '../../config/config.ts';
import { weakSettings } from '../../config/weak-settings.ts';
import type { Log } from '../../base/log.ts';
import { installation } from '../../domain/notes.ts';
import type { Mailbox } from '../../notify/mail/mailbox.ts';
import { type MailIdentity, sealMailbox } from '../../notify/mail/sealed-mailbox.ts';
import { senderDomain } from '../../notify/mail/sender-domain.ts';
import { DeliveryDays } from '../../notify/outbox/delivery-days.ts';
import { dueAt } from '../../provisioning/first-key/due-at.ts';
import { publicPartOf } from '../../provisioning/now/public-terms.ts';
import { PasswordHasher } from '../../provisioning/passwords/password-hasher.ts';
import { RecordWriter } from '../../provisioning/records/record-writer.ts';
import { createChangeUser } from '../../provisioning/user/change-user.ts';
import { SecretBox } from '../../base/secret-box.ts';
import { openSqliteStore } from '../../store/sqlite/sqlite-store.ts';
import type { Store } from '../../store/store.ts';
import { KeptSecrets } from '../../tenancy/kept-secrets.ts';
import { createSecretOf } from '../../tenancy/secret-of.ts';
import { rootTenant } from '../../tenancy/tenant.ts';
import { TenantChanges } from '../../tenancy/tenant-changes.ts';
import { Tenants } from '../../tenancy/tenants.ts';
import { EndpointRegister } from '../../webhooks/endpoint-register.ts';
import { createAsksFor } from '../plan-event.ts';
import { composeClients } from './compose-clients.ts';
import { composeHistory } from './compose-history.ts';
import { AuditedNotes } from '../../history/audited-notes.ts';
import { purposeOfCapturedMail, type Core } from './core.ts';
import { noteKeys } from './compose-keys.ts';
import { composeStreams } from './compose-streams.ts';
import { openKeyring } from './keyring.ts';
import { createTypeOf } from './own-attributes.ts';
import { loadInstallation } from './load-installation.ts';

/**
 * Opens the store that the configuration names.
 * @throws StoreUnavailableError
 */
export async function openStore(config: Config, log: Log): Promise<Store> {
  if (config.mongodbUri === undefined) return openSqliteStore({ folder: config.dataDir, clock: systemClock });
  // Mongoose takes 40 MB that the embedded store has no use for.
  const { openMongoStore } = await import('../../store/mongo/mongo-store.ts');
  return openMongoStore({ uri: config.mongodbUri, clock: systemClock, log });
}

/**
 * Makes what every command needs: the server, the worker and each command of the command line start from here, so that
 * all of them refuse the same configuration.
 * @param publicUrl what links begin with, without a slash at the end
 * @throws SettingsError, SchemaError, MappingError, LocaleError, TemplateError, StoreUnavailableError: each says what
 *   to mend
 */
export async function composeCore(config: Config, publicUrl: string, log: Log): Promise<Core> {
  const clock = systemClock;
  const { types, typesOf, userType, mapping, book, checks, pinned } = loadInstallation(config);
  const opened = await openStore(config, log);
  const store: Store = { ...opened, notes: new AuditedNotes(opened.notes, clock, rootTenant) };
  try {
    const keyring = openKeyring(config.keys, config.dataDir, log);
    const secrets: SecretBox = new SecretBox(keyring.keys, (id) =>
      id === installation ? undefined : tenants.of(id).salt,
    );
    const tenants: Tenants = new Tenants({
      notes: store.notes,
      clock,
      log,
      shared: {
        typesOf,
        mapping,
        publicUrl,
        sender: config.mailFrom,
        checks,
        pinned,
        bookOf: () => book,
        keysOf: (id, use) => secrets.derive(use, id),
      },
    });
    await tenants.open();
    await noteKeys(store.notes, clock, secrets.keyIds);
    for (const warning of weakSettings(tenants.of(rootTenant).settings, config)) log.warn(warning);
    const settingsOf = (id: string) => tenants.of(id).settings;
    const typeOf = createTypeOf(types, (id) => tenants.of(id).types);
    const events: Core['events'] = { wake: () => undefined, wakeWorkers: () => undefined };
    const writer = new RecordWriter(store.resources, clock, (written) => events.wake(written), {
      // On MongoDB the relay moves every event, whatever is planned from it.
      asksFor: store.kind === 'sqlite' ? createAsksFor({ tenants }) : undefined,
      dueAt: (record) => (record.type === userType.name ? dueAt(record, settingsOf(record.tenant)) : null),
      typeOf,
      publicPart: (type, record) =>
        publicPartOf(type, record, { settings: settingsOf(record.tenant), now: clock.now() }),
    });
    const keptSecrets = new KeptSecrets(store.notes, secrets, clock);
    return {
      ...composeClients(store.notes, clock, secrets, store.kind === 'sqlite'),
      config,
      tenants,
      changes: new TenantChanges({ tenants, notes: store.notes, data: store.tenantData, clock }),
      settingsOf,
      publicUrlOf: (id) => tenants.of(id).publicUrl,
      bookOf: (id) => tenants.of(id).book,
      publicUrl,
      types,
      userType,
      typeOf,
      store,
      keyring,
      secrets,
      keptSecrets,
      secretOf: createSecretOf(keptSecrets, process.env),
      clock,
      log,
      mailbox: sealedMailbox(store.mailbox, secrets),
      hasher: new PasswordHasher(),
      writer,
      changeUser: createChangeUser({ writer, clock, settingsOf, userType }),
      register: new EndpointRegister(store.notes, clock),
      deliveryDays: new DeliveryDays(store.notes, clock, (id) => settingsOf(id).timezone),
      events,
      streams: composeStreams(store, clock, tenants, () => events.wakeWorkers()),
      history: composeHistory(store, clock, log, {
        seedsOf: (id) => secrets.derive('audit checkpoints', id),
        publicUrlOf: (id) => tenants.of(id).publicUrl,
        webhooksOf: (id) => tenants.of(id).settings.webhooks,
        keepDaysOf: (id) => tenants.of(id).settings.audit.keepDays,
        mailsOf: (id) => {
          const { settings, sender } = tenants.of(id);
          const { auditors, auditorHours: hours } = settings.audit;
          return { auditors, hours, domain: senderDomain(sender) };
        },
        checkpointsFile: config.checkpointsFile,
        wake: () => events.wakeWorkers(),
      }),
      close: () => store.close(),
    };
  } catch (cause) {
    await store.close();
    throw cause;
  }
}

function sealedMailbox(mailbox: Mailbox, secrets: SecretBox): Mailbox {
  const owner = ({ tenant, id }: MailIdentity) => ({ tenant, id, purpose: purposeOfCapturedMail });
  return sealMailbox(mailbox, {
    seal: (text, mail) => secrets.seal(text, owner(mail)),
    open: (text, mail) => secrets.open(text, owner(mail)),
  });
}
