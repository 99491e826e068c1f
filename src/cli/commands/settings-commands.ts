import { Argument, type Command } from 'commander';
import type { Json, JsonObject } from '../../base/json.ts';
import { didYouMean } from '../../text/did-you-mean.ts';
import type { ApiCommandTools } from '../api-command.ts';
import { linesOf, listAt, valueAt, type OutputOptions } from '../output.ts';
import { linesFrom, readJsonFile } from '../read-input.ts';
import { UsageError } from '../usage-error.ts';
import { calledAs } from '../called-as.ts';

const path = '/admin/v1/settings';

/** Adds `latchkey settings` to the program: a tenant's settings, in force without a restart. */
export function addSettingsCommands(program: Command, { apiCommand }: ApiCommandTools): void {
  const settings = program.command('settings').description("a tenant's settings: show, get, set, unset, apply");
  apiCommand(
    settings.command('show').description('every setting in force, and which of them the tenant has set itself'),
    async (api, output) => {
      const { body } = await api.call({ method: 'GET', path });
      output.show(body, () => {
        const pinned = listAt(body, 'pinned').map(String);
        const note = pinned.length === 0 ? '' : `\n\npinned by LATCHKEY_SETTINGS: ${pinned.join(', ')}`;
        return (
          `${linesOf(objectOf(valueAt(body, 'settings')))}\n\nset by the tenant `
          + `itself:\n${JSON.stringify(valueAt(body, 'own') ?? {}, undefined, 2)}${note}`
        );
      });
    },
  );
  apiCommand(
    settings.command('get <name>').description('one setting, or a group of them, as JSON'),
    async (api, output, _options: OutputOptions, name: string) => {
      const { body } = await api.call({ method: 'GET', path });
      const value = valueAt(body, `settings.${name}`);
      if (value === undefined)
        throw new UsageError(`there is no setting '${linesFrom(name)}'${adviceOn(name, valueAt(body, 'settings'))}`);
      output.show(value, () => (typeof value === 'string' ? value : JSON.stringify(value, undefined, 2)));
    },
  );
  apiCommand(
    settings
      .command('set')
      .description('set one setting: a number, true, false, null, JSON, or a text as it is')
      .addArgument(new Argument('<name>', 'such as onboarding.invitationMethod'))
      .addArgument(new Argument('<value>')),
    async (api, output, _options: OutputOptions, name: string, value: string) => {
      const { body } = await api.call({ method: 'PATCH', path, body: patchOf(name, valueOf(value)) });
      const set = valueAt(body, `settings.${name}`) ?? null;
      output.show(set, () => `${name} is ${JSON.stringify(set)}`);
    },
  );
  apiCommand(
    settings.command('unset <name>').description('take a setting back to its default'),
    async (api, output, _options: OutputOptions, name: string) => {
      const { body } = await api.call({ method: 'PATCH', path, body: patchOf(name, null) });
      const set = valueAt(body, `settings.${name}`) ?? null;
      output.show(set, () => `${name} is ${JSON.stringify(set)} again, its default`);
    },
  );
  apiCommand(
    settings
      .command('apply <file>')
      .description('several at once, from a JSON file; null takes one back; - is standard input'),
    async (api, output, _options: OutputOptions, file: string) => {
      const { body } = await api.call({ method: 'PATCH', path, body: readJsonFile(file) });
      output.show(valueAt(body, 'own'), () => JSON.stringify(valueAt(body, 'own') ?? {}, undefined, 2));
    },
  );
}

function adviceOn(name: string, settings: Json | undefined): string {
  const meant = didYouMean(name, pathsIn(objectOf(settings)));
  return meant === undefined ? `; ${calledAs()} settings show lists them all` : `: did you mean ${meant}?`;
}

/** The dotted paths of all settings, and of their groups. */
function pathsIn(settings: JsonObject, above = ''): readonly string[] {
  return Object.entries(settings).flatMap(([name, value]) => [
    `${above}${name}`,
    ...pathsIn(objectOf(value), `${above}${name}.`),
  ]);
}

function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

/** A merge patch (RFC 7396) of one setting. */
function patchOf(name: string, value: Json): JsonObject {
  return name.split('.').reduceRight<Json>((inner, key) => ({ [key]: inner }), value) as JsonObject;
}

function valueOf(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
