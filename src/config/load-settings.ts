import { JsonFile, formatFaults, type FileFault } from '../base/json-file.ts';
import { isJsonObject, type JsonObject } from '../base/json.ts';
import { parseSettings, type SettingsCheck } from './parse-settings.ts';
import type { Settings } from './settings.ts';

/** Thrown when the settings cannot be used: every fault with its file and line. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** What a file of settings says, and the settings that it makes together with the defaults. */
export interface LoadedSettings {
  /** As the file has them. */
  readonly given: JsonObject;
  readonly settings: Settings;
}

/**
 * Reads a tenant's settings and fills in the defaults.
 * @param path of a JSON file, or undefined for the defaults alone
 * @param checks rules beyond the schema, such as the entropy of codes
 * @throws SettingsError naming file, line and setting of every fault
 */
export function loadSettings(path: string | undefined, checks: readonly SettingsCheck[] = []): Settings {
  return loadSettingsFile(path, checks).settings;
}

/** The same, with what the file itself names. */
export function loadSettingsFile(path: string | undefined, checks: readonly SettingsCheck[] = []): LoadedSettings {
  const file = path === undefined ? undefined : new JsonFile(path);
  const given = file === undefined ? {} : file.value;
  refuse(file?.faults ?? []);
  if (!isJsonObject(given)) throw new SettingsError(`${path}:1: settings must be a JSON object`);
  const { settings, faults } = parseSettings(given, checks);
  if (settings !== undefined) return { given, settings };
  throw new SettingsError(
    formatFaults(
      faults.map(
        ({ pointer, message }) => file?.fault(pointer, message) ?? { file: 'defaults', line: 1, pointer, message },
      ),
    ),
  );
}

function refuse(faults: readonly FileFault[]): void {
  if (faults.length > 0) throw new SettingsError(formatFaults(faults));
}
