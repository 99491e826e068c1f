import type { PersonRow } from '../../operations/people/person-row.ts';

/** The answer of `listUsers`. */
export interface PeopleView {
  readonly people: readonly PersonRow[];
  readonly totalResults: number;
  readonly counts: { readonly all: number; readonly states: Readonly<Record<string, number>> };
  readonly filter?: string;
  readonly filterIsComplete: boolean;
  readonly found: readonly {
    readonly kind: string;
    readonly id: string;
    readonly person?: string;
    readonly client?: string;
  }[];
  /** The names of clients, to choose from. */
  readonly sources: readonly string[];
  readonly older?: string;
  readonly newer?: string;
}
