import { foldCase } from '../../scim/model/case-fold.ts';
import type { KeyTable } from '../plan/key-table.ts';
import type { ImportPerson } from '../plan/person-of-row.ts';

/** The keys under which a row's names are told apart. */
export function keysOf({ userName, externalId }: ImportPerson): readonly string[] {
  return [
    ...(userName === undefined ? [] : [`n${foldCase(userName)}`]),
    ...(externalId === undefined ? [] : [`x${externalId}`]),
  ];
}

/** Why a row conflicts with another of the file; undefined when it does not. */
export function twiceIn(table: KeyTable, person: ImportPerson): string | undefined {
  for (const key of keysOf(person)) {
    const other = table.otherLine(key, person.line);
    if (other === undefined) continue;
    const [name, value] = key.startsWith('n') ? ['userName', person.userName] : ['externalId', person.externalId];
    return `${name}: "${value ?? ''}" is on line ${Math.min(other, person.line)} and on line ${Math.max(other, person.line)}. Keep the right one.`;
  }
  return undefined;
}
