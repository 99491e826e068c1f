import { foldCase } from '../../scim/model/case-fold.ts';
import type { KeyTable } from '../plan/key-table.ts';
import { cellText } from '../file/file-item.ts';
import type { ImportPerson, RowReading, StoredRow } from '../plan/person-of-row.ts';

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
    return (
      `${name}: "${value ?? ''}" is on line ${Math.min(other, person.line)} and on line `
      + `${Math.max(other, person.line)}. Keep the right one.`
    );
  }
  return undefined;
}

/** The user name and externalId that a row tells, though it cannot be read; those that are empty are left out. */
export function namesIn({ cells = [], object }: StoredRow, { columns, mapping }: RowReading): readonly string[] {
  const isName = (path: string): boolean => path === 'userName' || path === 'externalId';
  const found =
    object === undefined
      ? columns.flatMap(({ kind, paths }, index) =>
          kind !== 'ignored' && paths.some(isName) ? [cellText(cells[index])] : [],
        )
      : Object.entries(object).flatMap(([name, value]) =>
          isName(mapping[name] ?? name) && (typeof value === 'string' || typeof value === 'number')
            ? [String(value)]
            : [],
        );
  return found.map((name) => name.trim()).filter((name) => name !== '');
}
