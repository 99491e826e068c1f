import type { AttributePlace } from './attribute-place.ts';
import type { MappingEntry } from './mapping-file.ts';

/** An entry with its paths taken apart. */
export interface Rule {
  readonly entry: MappingEntry;
  /** Absent of a constant that is given to every body. */
  readonly source: AttributePlace | undefined;
  readonly target: AttributePlace;
}

/** The rules for one resource type, to be looked up by name. */
export class RuleBook {
  readonly rules: readonly Rule[];
  /** Those that need no source. */
  readonly constants: readonly Rule[];
  /** Schema URNs of the sources, in lower case. */
  readonly schemas: ReadonlySet<string>;
  readonly #bySpelling = new Map<string, Rule[]>();

  constructor(rules: readonly Rule[]) {
    this.rules = rules;
    this.constants = rules.filter(({ source }) => source === undefined);
    this.schemas = new Set(rules.flatMap(({ source }) => source?.schema?.toLowerCase() ?? []));
    for (const rule of rules) {
      for (const spelling of new Set(rule.source?.spellings))
        this.#bySpelling.set(spelling, [...this.named(spelling), rule]);
    }
  }

  /** The rules whose source is spelt like this, in the order of their file. @param spelling in lower case */
  named(spelling: string): readonly Rule[] {
    return this.#bySpelling.get(spelling) ?? [];
  }
}

/** Rule books by the name of the resource type. */
export type RuleBooks = ReadonlyMap<string, RuleBook>;

export const noRules = new RuleBook([]);

export function ruleBooks(rules: readonly Rule[]): RuleBooks {
  const types = new Set(rules.map(({ entry }) => entry.resourceType));
  return new Map(
    [...types].map((type) => [type, new RuleBook(rules.filter(({ entry }) => entry.resourceType === type))]),
  );
}
