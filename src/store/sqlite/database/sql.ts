import type { Bindable } from './connection.ts';

/** A piece of SQL with the values bound to its question marks. */
export class Sql {
  readonly text: string;
  readonly values: readonly Bindable[];

  constructor(text: string, values: readonly Bindable[] = []) {
    this.text = text;
    this.values = values;
  }
}

/** Composes SQL: pieces are put in as they are, everything else is bound. */
export function sql(strings: TemplateStringsArray, ...parts: readonly (Sql | Bindable)[]): Sql {
  let text = strings[0] ?? '';
  const values: Bindable[] = [];
  parts.forEach((part, index) => {
    if (part instanceof Sql) {
      text += part.text;
      for (const value of part.values) values.push(value);
    } else {
      text += '?';
      values.push(part);
    }
    text += strings[index + 1] ?? '';
  });
  return new Sql(text, values);
}

/** Pieces with a separator between them. */
export function joinSql(pieces: readonly Sql[], separator: string): Sql {
  return new Sql(
    pieces.map(({ text }) => text).join(separator),
    pieces.flatMap(({ values }) => values),
  );
}

/** A text literal, for the few places where a bound value would hide an expression from its index. */
export function literal(text: string): Sql {
  return new Sql(`'${text.replaceAll("'", "''")}'`);
}
