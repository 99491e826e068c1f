/** Schemas that ship in `schemas/optional` and are off until they are named: each a folder. */
export const schemaPacks = ['agents', 'devices', 'okta-governance'] as const;

/** What is wrong with the value of `LATCHKEY_SCHEMA_PACKS`. */
export function faultOfPacks(value: string): string | undefined {
  const names = value.split(',').map((name) => name.trim());
  const unknown = names.find((name) => name !== '' && !schemaPacks.some((pack) => pack === name));
  return unknown === undefined ? undefined : `names '${unknown}': there are ${schemaPacks.join(', ')}`;
}
