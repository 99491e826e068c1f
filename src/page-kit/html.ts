/** Text that is safe to send as HTML: only `html` makes it, so a plain string can never pass for markup. */
export class Html {
  readonly #markup: string;

  /** @param markup trusted markup: the literal parts of a template, or values already escaped */
  private constructor(markup: string) {
    this.#markup = markup;
  }

  /** The markup itself, for the response body. */
  toString(): string {
    return this.#markup;
  }

  /**
   * The tag `html`: joins the literal parts with the values, escaping each value that is not Html itself. Arrays are
   * joined; `undefined`, `null` and `false` leave nothing. Attribute values must be in double quotes.
   */
  static readonly template = (literals: TemplateStringsArray, ...values: readonly Renderable[]): Html =>
    new Html(
      literals.reduce((markup, literal, index) => {
        const isShown = !/="[^"]*$/.test(literals[index - 1] ?? '');
        return markup + renderValue(values[index - 1], isShown) + literal;
      }),
    );
}

/** The values that an `html` template accepts. */
export type Renderable = Html | string | number | false | null | undefined | readonly Renderable[];

/** Tagged template for markup; see `Html.template`. */
export const html = Html.template;

/** Marks that turn the text after them: with one in it a name could read as another name. */
const turns = /[\u202a-\u202e]/g;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** @param isShown false inside an attribute, such as the value of a field, which stays as it is */
function renderValue(value: Renderable, isShown: boolean): string {
  if (value === undefined || value === null || value === false) return '';
  if (value instanceof Html) return value.toString();
  if (typeof value === 'object') return value.map((one) => renderValue(one, isShown)).join('');
  const text = isShown ? String(value).replace(turns, '\u2426') : String(value);
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
