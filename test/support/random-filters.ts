import { loadResourceTypes } from '../../src/scim/validate/load-schemas.ts';
import { ResourceType } from '../../src/scim/model/resource-type.ts';
import type { Resource } from '../../src/scim/model/resource.ts';
import type { Attribute, Schema } from '../../src/scim/model/schema.ts';
import { packageFile } from '../../src/base/package-root.ts';

/** A repeatable source of chance (mulberry32). */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** From 0 to below `below`. */
  integer(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * below);
  }

  of(probability: number): boolean {
    return this.integer(1000) < probability * 1000;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.integer(list.length)]!;
  }

  times<T>(count: number, make: () => T): T[] {
    return Array.from({ length: count }, make);
  }
}

/** What a filter can be about, in words of its own: nothing of `src/scim` is asked. */
export interface FilterSubject {
  /** How a filter names it, without a URN. */
  readonly name: string;
  /** The URN it may be given; required for extensions. */
  readonly urn: string;
  /** Where a resource holds it. */
  readonly steps: readonly string[];
  readonly type: 'string' | 'boolean' | 'number' | 'dateTime' | 'binary';
  readonly exact: boolean;
  readonly isExtension: boolean;
}

export type FilterOperator = 'eq' | 'ne' | 'co' | 'sw' | 'ew' | 'gt' | 'ge' | 'lt' | 'le';

/** A filter as the generator means it; `text` of a `RandomFilter` is how it happened to be written. */
export type FilterTree =
  | { readonly kind: 'and' | 'or'; readonly left: FilterTree; readonly right: FilterTree }
  | { readonly kind: 'not'; readonly operand: FilterTree }
  | { readonly kind: 'present'; readonly subjects: readonly FilterSubject[]; readonly written: string }
  | {
      readonly kind: 'compare';
      readonly subject: FilterSubject;
      readonly operator: FilterOperator;
      readonly value: string | number | boolean;
    }
  | { readonly kind: 'isNull'; readonly subject: FilterSubject; readonly negated: boolean }
  | {
      readonly kind: 'element';
      readonly name: string;
      readonly urn: string;
      readonly isExtension: boolean;
      readonly steps: readonly string[];
      readonly inner: FilterTree;
    };

export interface RandomFilter {
  readonly text: string;
  readonly tree: FilterTree;
}

/** A record as a store would keep it; `groups` are the values of the relation. */
export interface RandomRecord {
  readonly id: string;
  readonly version: number;
  readonly created: string;
  readonly lastModified: string;
  readonly resource: Resource;
  readonly groups: readonly { readonly value: string; readonly display?: string; readonly type: string }[];
}

const core = 'urn:ietf:params:scim:schemas:core:2.0:User';
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const odd = 'urn:example:params:scim:schemas:extension:odd:2.0:User';

/** A User type with one more extension, which has the attribute types and shapes that the standard schemas lack. */
export function oddUserType(): ResourceType {
  const user = loadResourceTypes([packageFile('schemas')]).byName('User')!;
  const extensions = [...user.extensions, { schema: oddSchema(), required: false }];
  const schemaExtensions = [...user.definition.schemaExtensions, { schema: odd, required: false }];
  return new ResourceType({ ...user.definition, schemaExtensions }, user.schema, extensions);
}

function oddSchema(): Schema {
  const attribute = (name: string, type: Attribute['type'], changes: Partial<Attribute> = {}): Attribute => ({
    name,
    type,
    multiValued: false,
    description: '',
    required: false,
    caseExact: false,
    mutability: 'readWrite',
    returned: 'default',
    uniqueness: 'none',
    ...changes,
  });
  return {
    id: odd,
    name: 'Odd',
    description: '',
    attributes: [
      attribute('score', 'decimal'),
      attribute('level', 'integer'),
      attribute('constructor', 'string'),
      attribute('key', 'binary'),
      attribute('tags', 'string', { multiValued: true }),
      attribute('codes', 'string', { multiValued: true, caseExact: true }),
      attribute('moments', 'dateTime', { multiValued: true }),
      attribute('flags', 'boolean', { multiValued: true }),
      attribute('marks', 'complex', {
        multiValued: true,
        subAttributes: [
          attribute('value', 'decimal'),
          attribute('at', 'dateTime'),
          attribute('done', 'boolean'),
          attribute('note', 'string'),
          attribute('$ref', 'reference', { caseExact: true }),
          attribute('words', 'string', { multiValued: true }),
        ],
      }),
    ],
  };
}

function subject(urn: string, path: string, type: FilterSubject['type'], exact = false): FilterSubject {
  const isExtension = urn !== core;
  return {
    name: path,
    urn,
    steps: isExtension ? [urn, ...path.split('.')] : path.split('.'),
    type,
    exact,
    isExtension,
  };
}

const subjects: readonly FilterSubject[] = [
  ...[
    'userName',
    'displayName',
    'nickName',
    'title',
    'name.givenName',
    'name.familyName',
    'emails.value',
    'emails.type',
    'phoneNumbers.value',
    'phoneNumbers.type',
    'addresses.locality',
  ].map((path) => subject(core, path, 'string')),
  ...['id', 'externalId', 'schemas', 'profileUrl', 'photos.value'].map((path) => subject(core, path, 'string', true)),
  subject(core, 'active', 'boolean'),
  subject(core, 'emails.primary', 'boolean'),
  subject(core, 'x509Certificates.value', 'binary', true),
  subject(core, 'meta.created', 'dateTime'),
  subject(core, 'meta.lastModified', 'dateTime'),
  subject(enterprise, 'department', 'string'),
  subject(enterprise, 'manager.value', 'string', true),
  subject(enterprise, 'manager.displayName', 'string'),
  subject(odd, 'score', 'number'),
  subject(odd, 'level', 'number'),
  subject(odd, 'constructor', 'string'),
  subject(odd, 'key', 'binary', true),
  subject(odd, 'tags', 'string'),
  subject(odd, 'codes', 'string', true),
  subject(odd, 'moments', 'dateTime'),
  subject(odd, 'flags', 'boolean'),
  subject(odd, 'marks.value', 'number'),
  subject(odd, 'marks.at', 'dateTime'),
  subject(odd, 'marks.done', 'boolean'),
  subject(odd, 'marks.note', 'string'),
  subject(odd, 'marks.$ref', 'string', true),
  subject(odd, 'marks.words', 'string'),
];

const relationSubjects: readonly FilterSubject[] = [
  subject(core, 'groups.value', 'string', true),
  subject(core, 'groups.display', 'string'),
  subject(core, 'groups.type', 'string'),
];

/** Complex attributes that stand for their `value`. */
const shorthands = ['emails', 'phoneNumbers', 'photos', 'x509Certificates', 'manager', 'marks', 'groups'];

const operators: Readonly<Record<FilterSubject['type'], readonly FilterOperator[]>> = {
  string: ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'],
  binary: ['eq', 'ne', 'co', 'sw', 'ew'],
  boolean: ['eq', 'ne'],
  number: ['eq', 'ne', 'gt', 'ge', 'lt', 'le'],
  dateTime: ['eq', 'ne', 'gt', 'ge', 'lt', 'le'],
};

/**
 * Few, so that values meet; odd, so that they do not meet by luck: folding, composition, astral order, patterns of
 * databases.
 */
const pieces = [
  'a',
  'A',
  'b',
  'z',
  'ß',
  'SS',
  'ss',
  'ẞ',
  'Σ',
  'σ',
  'ς',
  'İ',
  'i\u0307',
  'ı',
  'I',
  'Å',
  'A\u030a',
  'å',
  '\u212b',
  'é',
  'e\u0301',
  '\uff21',
  '\uff41',
  '\ufb01',
  'fi',
  '😀',
  '𐐀',
  '𐐨',
  '\uffee',
  'ꭰ',
  'Ꭰ',
  '%',
  '_',
  '*',
  '\\',
  '"',
  "'",
  '$',
  '.',
  ' ',
  'true',
  '5',
  '\n',
  '/',
];
const moments = [
  '2026-03-01T08:00:00Z',
  '2026-03-01T08:00:00.000Z',
  '2026-03-01T10:00:00+02:00',
  '2026-03-01T08:00:00.0000001Z',
  '2026-03-01T07:59:59.999999999Z',
  '2025-12-31T23:30:00-01:00',
  '2026-01-01T00:30:00.5Z',
  '1969-12-31T23:59:59Z',
];
const numbers = [0, -0, 1, -1, 5, 5.5, -2.25, 1e3, 1e21, 0.1, 9007199254740991];
const certificates = ['AAAA', 'aaaa', 'AAA=', 'TWFu'];

function randomText(chance: Chance): string {
  return chance.times(chance.pick([0, 1, 1, 1, 2, 2, 3]), () => chance.pick(pieces)).join('');
}

function randomValue(chance: Chance, type: FilterSubject['type']): string | number | boolean {
  switch (type) {
    case 'string':
      return randomText(chance);
    case 'boolean':
      return chance.of(0.5);
    case 'number':
      return chance.pick(numbers);
    case 'dateTime':
      return chance.pick(moments);
    case 'binary':
      return chance.pick(certificates);
  }
}

/** A valid user of `oddUserType`, in canonical spelling, with some of everything. */
export function randomRecord(chance: Chance): RandomRecord {
  const resource: Resource = { schemas: chance.of(0.5) ? [core] : [core, enterprise] };
  const fill = (target: Resource, values: Record<string, () => Resource[string]>, probability = 0.5): Resource => {
    for (const [name, make] of Object.entries(values)) if (chance.of(probability)) target[name] = make();
    return target;
  };
  const text = (): string => randomText(chance);
  const elements = (values: Record<string, () => Resource[string]>) => (): Resource[] => {
    const list = chance
      .times(1 + chance.integer(3), () => fill({}, values, 0.7))
      .filter((element) => Object.keys(element).length > 0);
    return list.length === 0 ? [fill({}, values, 1)] : list;
  };
  const one = (type: FilterSubject['type']) => () => randomValue(chance, type);
  const some = (type: FilterSubject['type']) => () =>
    chance.times(1 + chance.integer(3), () => randomValue(chance, type));
  fill(resource, {
    userName: text,
    displayName: text,
    nickName: text,
    title: text,
    externalId: text,
    profileUrl: text,
    active: one('boolean'),
    password: () => 'Tr0ub4dor',
    emails: elements({ value: text, type: text, primary: one('boolean') }),
    phoneNumbers: elements({ value: text, type: text }),
    addresses: elements({ locality: text }),
    photos: elements({ value: text }),
    x509Certificates: elements({ value: one('binary') }),
  });
  for (const [name, part] of [
    ['name', fill({}, { givenName: text, familyName: text })],
    [enterprise, fill({}, { department: text, manager: () => fill({ value: text() }, { displayName: text }) })],
    [
      odd,
      fill(
        {},
        {
          score: one('number'),
          level: () => chance.integer(9) - 4,
          constructor: text,
          key: one('binary'),
          tags: some('string'),
          codes: some('string'),
          moments: some('dateTime'),
          flags: some('boolean'),
          marks: elements({
            value: one('number'),
            at: one('dateTime'),
            done: one('boolean'),
            note: text,
            $ref: text,
            words: some('string'),
          }),
        },
      ),
    ],
  ] as const)
    if (Object.keys(part).length > 0) resource[name] = part;
  return {
    id: text() || 'id',
    version: 1 + chance.integer(3),
    created: '2026-03-01T08:00:00.000Z',
    lastModified: chance.pick(['2026-03-01T08:00:00.000Z', '2026-03-02T08:00:00.500Z']),
    resource,
    groups: chance.times(chance.integer(3), () => ({
      value: text() || 'g',
      type: chance.pick(['direct', 'indirect']),
      ...(chance.of(0.7) ? { display: text() } : {}),
    })),
  };
}

/**
 * A valid filter over `oddUserType`.
 * @param options `relations`: also over `groups`
 */
export function randomFilter(chance: Chance, options: { readonly relations: boolean }): RandomFilter {
  const tree = randomTree(
    chance,
    1 + chance.integer(4),
    options.relations ? [...subjects, ...subjects, ...relationSubjects] : subjects,
  );
  return { tree, text: write(chance, tree, false) };
}

function randomTree(chance: Chance, size: number, about: readonly FilterSubject[]): FilterTree {
  if (size > 1) {
    const left = 1 + chance.integer(size - 1);
    return {
      kind: chance.pick(['and', 'or']),
      left: randomTree(chance, left, about),
      right: randomTree(chance, size - left, about),
    };
  }
  if (chance.of(0.2)) return { kind: 'not', operand: randomTree(chance, 1 + chance.integer(2), about) };
  const chosen = chance.pick(about);
  const isElement = about === subjects || about.length > 20;
  if (isElement && chance.of(0.25)) return randomElement(chance, about);
  if (chance.of(0.12)) {
    const parent = chosen.name.split('.')[0]!;
    const siblings = about.filter(({ name, urn }) => urn === chosen.urn && name.startsWith(`${parent}.`));
    // `name pr`: any sub-attribute. Only where the generator knows all that records hold.
    if (isElement && siblings.length > 0 && chance.of(0.5) && parent !== 'meta')
      return { kind: 'present', subjects: siblings, written: parent };
    return { kind: 'present', subjects: [chosen], written: chosen.name };
  }
  if (chance.of(0.05)) return { kind: 'isNull', subject: chosen, negated: chance.of(0.5) };
  return {
    kind: 'compare',
    subject: chosen,
    operator: chance.pick(operators[chosen.type]),
    value: randomValue(chance, chosen.type),
  };
}

function randomElement(chance: Chance, about: readonly FilterSubject[]): FilterTree {
  const multiValued = ['emails', 'phoneNumbers', 'photos', 'x509Certificates', 'marks', 'groups'];
  const chosen = chance.pick(about.filter(({ name }) => multiValued.includes(name.split('.')[0]!)));
  const parent = chosen.name.split('.')[0]!;
  const inner = about
    .filter(({ name, urn }) => urn === chosen.urn && name.startsWith(`${parent}.`))
    .map((one) => ({
      ...one,
      name: one.name.slice(parent.length + 1),
      steps: one.steps.slice(-1),
      urn: '',
      isExtension: false,
    }));
  return {
    kind: 'element',
    name: parent,
    urn: chosen.urn,
    isExtension: chosen.isExtension,
    steps: chosen.steps.slice(0, -1),
    inner: randomTree(chance, 1 + chance.integer(3), inner),
  };
}

function write(chance: Chance, tree: FilterTree, isTight: boolean): string {
  const space = (): string => chance.pick([' ', ' ', ' ', '  ']);
  switch (tree.kind) {
    case 'and':
    case 'or': {
      const isAnd = tree.kind === 'and';
      const text = `${write(chance, tree.left, isAnd)}${space()}${anyCase(chance, tree.kind)}${space()}${write(chance, tree.right, isAnd)}`;
      return (!isAnd && isTight) || chance.of(0.1) ? `(${text})` : text;
    }
    case 'not':
      return `${anyCase(chance, 'not')}${chance.pick(['', ' '])}(${write(chance, tree.operand, false)})`;
    case 'present':
      return `${writeName(chance, tree.written, tree.subjects[0]!)} ${anyCase(chance, 'pr')}`;
    case 'isNull':
      return `${writeName(chance, tree.subject.name, tree.subject)} ${tree.negated ? 'ne' : 'eq'} null`;
    case 'element':
      return `${writeName(chance, tree.name, tree)}[${write(chance, tree.inner, false)}]`;
    case 'compare': {
      const [parent, child] = tree.subject.name.split('.');
      const isShort = child === 'value' && shorthands.includes(parent!) && chance.of(0.4);
      const name = writeName(chance, isShort ? parent! : tree.subject.name, tree.subject);
      return `${name}${space()}${anyCase(chance, tree.operator)}${space()}${writeValue(chance, tree.value)}`;
    }
  }
}

function writeName(
  chance: Chance,
  name: string,
  { urn, isExtension }: { readonly urn: string; readonly isExtension: boolean },
): string {
  const spelled = anyCase(chance, name);
  return isExtension || (urn !== '' && chance.of(0.1)) ? `${anyCase(chance, urn)}:${spelled}` : spelled;
}

function writeValue(chance: Chance, value: string | number | boolean): string {
  if (typeof value !== 'string') return chance.of(0.2) ? JSON.stringify(String(value)) : String(value);
  const text = JSON.stringify(value);
  return chance.of(0.2)
    ? text.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    : text;
}

function anyCase(chance: Chance, text: string): string {
  return chance.of(0.8) ? text : chance.of(0.5) ? text.toLowerCase() : text.toUpperCase();
}
