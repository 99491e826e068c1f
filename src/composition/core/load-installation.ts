import type { Config } from '../../config/config.ts';
import { checkOidc } from '../../config/check-oidc.ts';
import { checkOwnGateway } from '../../config/check-own-gateway.ts';
import { loadSettingsFile } from '../../config/load-settings.ts';
import type { SettingsCheck } from '../../config/parse-settings.ts';
import type { Settings } from '../../config/settings.ts';
import type { JsonObject } from '../../base/json.ts';
import type { MessageBook } from '../../notify/words/message-book.ts';
import { shippedAndOwn } from '../../base/package-root.ts';
import { checkCodeSettings } from '../../provisioning/first-key/invitation-code.ts';
import { ExtensionMapping } from '../../provisioning/mapping/extension-mapping.ts';
import type { ResourceType, ResourceTypes } from '../../scim/model/resource-type.ts';
import { checkWebhooks } from '../../webhooks/check-webhooks.ts';
import { loadTypes } from './load-types.ts';
import { loadWording } from './load-wording.ts';
import { checkOwnAttributes, createTypesOf } from './own-attributes.ts';
import { mayTell } from './user-attributes.ts';

/** What the operator's files say, read and checked; the same for every command. */
export interface Installation {
  readonly types: ResourceTypes;
  /** Those of a tenant with these settings. */
  readonly typesOf: (settings: Settings) => ResourceTypes;
  readonly userType: ResourceType;
  readonly mapping: ExtensionMapping;
  readonly book: MessageBook;
  /** The rules for settings that their schema cannot say. */
  readonly checks: readonly SettingsCheck[];
  /** What `LATCHKEY_SETTINGS` names. */
  readonly pinned: JsonObject;
  /** That, with the defaults. */
  readonly settings: Settings;
}

/**
 * Reads the schemas, mappings, words and settings that the configuration names.
 * @throws SettingsError, SchemaError, MappingError, LocaleError, TemplateError: each says what to mend
 */
export function loadInstallation(config: Config): Installation {
  const { types, userType } = loadTypes(config.schemaPacks, config.schemasFolder);
  const typesOf = createTypesOf(types);
  const checks = [
    checkCodeSettings,
    checkOidc(config.webhookHosts),
    checkOwnGateway(config.webhookHosts),
    checkOwnAttributes(userType),
    checkWebhooks({
      trustedHosts: config.webhookHosts,
      environment: process.env,
      modules: config.modulesFolder,
      knowsAttribute: (name, settings) => mayTell(typesOf(settings).byName('User') ?? userType, name),
    }),
  ];
  const { given, settings } = loadSettingsFile(config.settingsFile, checks);
  const mapping = new ExtensionMapping(shippedAndOwn('mappings', config.mappingsFolder), types);
  return {
    types,
    typesOf,
    userType,
    mapping,
    book: loadWording(config.templatesFolder),
    checks,
    pinned: given,
    settings,
  };
}
