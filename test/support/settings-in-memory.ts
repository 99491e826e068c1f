import type { JsonObject } from '../../src/base/json.ts';
import { parseSettings, settingName } from '../../src/config/parse-settings.ts';
import { operation, type Operation } from '../../src/operations/operation.ts';
import { InvalidValueError } from '../../src/scim/model/scim-error.ts';
import { patched } from '../../src/tenancy/layered-settings.ts';
import { checkWebhooks } from '../../src/webhooks/check-webhooks.ts';

/** A secret that an endpoint may name as `env:CRM_SECRET`. */
const environment = { CRM_SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}` };

/** A tenant's settings for pages under test: judged as the real ones are, kept in memory. */
export class SettingsInMemory {
  own: JsonObject = {};
  pinned: readonly string[] = [];
  readonly #checks = [
    checkWebhooks({
      trustedHosts: new Set(),
      environment,
      modules: undefined,
      knowsAttribute: (name) => ['userName', 'phoneNumbers'].includes(name),
    }),
  ];

  readonly operations: Readonly<Record<string, Operation>> = {
    getSettings: operation(() => ({ body: this.#view() })),
    changeSettings: operation<JsonObject>(({ body }) => {
      const changed = patched(this.own, body);
      const { faults } = parseSettings(changed, this.#checks);
      if (faults !== undefined)
        throw new InvalidValueError(
          faults.map(({ pointer, message }) => `${settingName(pointer)} ${message}.`).join(' '),
        );
      this.own = changed;
      return { body: this.#view() };
    }),
  };

  #view(): object {
    const settings = parseSettings(this.own, this.#checks).settings;
    return { settings, own: this.own, pinned: this.pinned, defaults: parseSettings({}).settings };
  }
}
