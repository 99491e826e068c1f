import { didYouMean } from '../../text/did-you-mean.ts';
import { parseAttributePath, resolvePath } from '../../scim/model/attribute-path.ts';
import type { ResolvedAttribute, ResourceType } from '../../scim/model/resource-type.ts';
import { headings, otherNames, type ColumnKind } from './headings.ts';
import { ImportFileError } from './import-file-error.ts';

/** What a column of a file is: one of the headings, any other attribute of a user, or left out by the mapping. */
export interface Column {
  /** As the file writes it. */
  readonly name: string;
  readonly kind: ColumnKind | 'ignored';
  readonly paths: readonly string[];
}

/** What other headings mean: one of ours, a path of a user's attribute, or null for a column to be left out. */
export type Mapping = Readonly<Record<string, string | null>>;

/** The columns that an errors file has beside those of its file: left out when it is imported again. */
export const ownHeadings: readonly string[] = ['#line', '#reason'];

/** Longer names are not looked for. */
const longestName = 200;
/** Attributes that no file may set: keys are not handed out by tables, and groups have a heading. */
const kept: readonly string[] = ['password', 'groups', 'id', 'meta', 'schemas', 'members', 'sendpassword', 'resend'];

/**
 * Reads the columns of a file. Only columns that the mapping maps to null are ignored.
 * @param written the headings of the file
 * @param line their line
 * @throws ImportFileError naming each heading that is not known, with what it may be; a heading that is there twice; a
 *   mapping that names no attribute
 */
export function columnsOf(
  written: readonly string[],
  mapping: Mapping,
  userType: ResourceType,
  line = 1,
): readonly Column[] {
  const unused = Object.keys(mapping).filter((name) => !written.includes(name));
  const [missing] = unused;
  if (missing !== undefined) {
    throw new ImportFileError(
      `The mapping names the heading "${missing.slice(0, longestName)}", which the file does not `
        + `have${suggest(missing, written) || '.'}`,
      line,
    );
  }
  const columns = written.map((name, index) => columnOf(name, mapping, userType, index));
  const faults = columns.filter((column) => typeof column === 'string');
  if (faults.length > 0) {
    const more = faults.length > 10 ? ` And ${faults.length - 10} more.` : '';
    throw new ImportFileError(
      `${faults.slice(0, 10).join(' ')}${more} Headings are ${headings.map((one) => one.name).join(', ')}; `
        + 'others need a mapping.',
      line,
    );
  }
  const found = columns.filter((column) => typeof column !== 'string');
  refuseTwice(found, line);
  if (!found.some(({ paths }) => paths.includes('userName') || paths.includes('externalId')))
    throw new ImportFileError(
      'There must be a column userName, or externalId where all people are here already.',
      line,
    );
  return found;
}

/** Whether a heading is known by itself or by the mapping. */
export function isKnownHeading(mapping: Mapping, userType: ResourceType): (name: string) => boolean {
  return (name) => typeof columnOf(name, mapping, userType) !== 'string';
}

/** @returns what is wrong with the heading, as text */
function columnOf(name: string, mapping: Mapping, userType: ResourceType, index = 0): Column | string {
  if (ownHeadings.includes(name)) return { name, kind: 'ignored', paths: [] };
  const mapped = Object.hasOwn(mapping, name) ? mapping[name] : undefined;
  if (mapped === null) return { name, kind: 'ignored', paths: [] };
  const wanted = mapped ?? name;
  const known = headings.find((heading) => heading.name === wanted);
  if (known !== undefined) return { name, kind: known.kind, paths: known.paths };
  const shown = name.slice(0, longestName);
  if (wanted.trim() === '') return `Column ${index + 1} has no heading.`;
  const attribute = attributeAt(wanted, userType);
  if (attribute !== undefined) return { name, kind: attribute, paths: [wanted] };
  const what =
    mapped === undefined
      ? `The heading "${shown}" is not known`
      : `"${shown}" is mapped to "${wanted.slice(0, longestName)}", which is not known`;
  return `${what}${suggest(wanted) || '.'}`;
}

/** How the cells of an attribute are read, where it is one that a table can hold and may set. */
function attributeAt(path: string, userType: ResourceType): ColumnKind | undefined {
  const parsed = path.length > longestName ? undefined : parseAttributePath(path);
  const found = parsed === undefined ? undefined : resolvePath(userType, parsed);
  if (found === undefined || !isExact(path, found)) return undefined;
  const { attribute, subAttribute } = found;
  const leaf = subAttribute ?? attribute;
  const isPlain = !attribute.multiValued && leaf.type !== 'complex' && leaf.type !== 'binary';
  const isOurs = attribute.mutability === 'readWrite' && leaf.mutability === 'readWrite';
  if (!isPlain || !isOurs || kept.includes(attribute.name.toLowerCase())) return undefined;
  // An attribute that has a heading is read alike by its path.
  const known = headings.find(({ paths }) => paths.includes(path));
  if (known !== undefined) return known.kind === 'manager' ? 'text' : known.kind;
  if (leaf.type === 'boolean') return 'flag';
  return leaf.type === 'dateTime' ? 'day' : 'text';
}

/** Case is told apart, so that a heading that is nearly right stops instead of being guessed. */
function isExact(path: string, { schema, extension, attribute, subAttribute }: ResolvedAttribute): boolean {
  const name = subAttribute === undefined ? attribute.name : `${attribute.name}.${subAttribute.name}`;
  return path === (extension ? `${schema.id}:${name}` : name);
}

/** Whether a heading needs no mapping. */
export function isOurHeading(name: string): boolean {
  return ownHeadings.includes(name) || headings.some((heading) => heading.name === name);
}

/**
 * What a heading of a file probably means.
 * @param among the names that it may have been meant for; without it our headings
 * @returns undefined where none is near
 */
export function guessHeading(
  name: string,
  among: readonly string[] = headings.map((heading) => heading.name),
): string | undefined {
  const lower = name.trim().toLowerCase();
  return (Object.hasOwn(otherNames, lower) ? otherNames[lower] : undefined) ?? didYouMean(name.trim(), among);
}

/** @param among the names that it may have been meant for; without it our headings */
function suggest(name: string, among: readonly string[] = headings.map((heading) => heading.name)): string {
  const found = guessHeading(name, among);
  return found === undefined ? '' : `. Did you mean "${found}"?`;
}

function refuseTwice(columns: readonly Column[], line: number): void {
  const seen = new Map<string, number>();
  for (const [index, { name, kind, paths }] of columns.entries()) {
    for (const place of kind === 'ignored' ? [] : kind === 'groups' ? ['groups'] : paths) {
      const before = seen.get(place);
      if (before !== undefined) {
        throw new ImportFileError(
          `The headings of columns ${before + 1} ("${columns[before]?.name ?? ''}") and ${index + 1} `
            + `("${name}") mean the same. Keep one of them, or map the other to null.`,
          line,
        );
      }
      seen.set(place, index);
    }
  }
}
