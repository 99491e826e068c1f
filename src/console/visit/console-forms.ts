import { randomUUID } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { html, type Html } from '../../page-kit/html.ts';
import { searchText } from './search-text.ts';
import { openToken, signToken } from '../../base/signed-token.ts';

/** What a form carries beside its fields. */
export interface FormParts {
  readonly hidden?: Readonly<Record<string, string>>;
  readonly className?: string;
  /** Names the form to screen readers, where it is a landmark of its own. */
  readonly label?: string;
  /** Sends files: multipart, with the token in the address. */
  readonly upload?: boolean;
  /** What its address carries. */
  readonly query?: Readonly<Record<string, string>>;
  /** The form's own id, for buttons outside of it. */
  readonly id?: string;
}

/** A notice that the next page shows: the key of its words and what fills them. */
export interface Said {
  readonly key: string;
  readonly values?: Readonly<Record<string, string | number>>;
  readonly tone?: 'done' | 'late' | 'stop' | 'way';
}

const formLifeMs = 12 * 60 * 60_000;
const noticeLifeMs = 2 * 60_000;

/** Forms that only the session they were made for can post, and notices that only it can be shown. */
export class ConsoleForms {
  readonly #keys: () => readonly Buffer[];
  readonly #clock: Clock;

  /** @param keys 32 bytes each, asked for at each use: the first signs forms and notices, each of them is believed */
  constructor(keys: () => readonly Buffer[], clock: Clock) {
    this.#keys = keys;
    this.#clock = clock;
  }

  /**
   * A form with its token, which no other form has.
   * @param path the console's path that it posts to
   * @param holder the session; '' on pages that anybody may see
   */
  form(action: string, path: string, holder: string, fields: Html, parts: FormParts): Html {
    const { hidden = {}, className, label, upload = false, id, query = {} } = parts;
    const expires = new Date(this.#clock.now().getTime() + formLifeMs);
    const token = signToken(this.#signingKey(), `console form ${path}`, `${randomUUID()} ${holder}`, expires);
    const carried = Object.entries(upload ? hidden : { ...hidden, form: token });
    return html`<form
      method="post"
      action="${action}${searchText(upload ? { ...query, form: token } : query)}"
      ${[
        className !== undefined && html` class="${className}"`,
        label !== undefined && html` aria-label="${label}"`,
        id !== undefined && html` id="${id}"`,
        upload && html` enctype="multipart/form-data"`,
      ]}
    >
      ${carried.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)} ${fields}
    </form>`;
  }

  /** Whether a token was made for this path and this session, and is fresh. */
  knows(path: string, token: string, holder: string): boolean {
    const payload = openToken(this.#keys(), `console form ${path}`, token, this.#clock.now());
    return payload !== undefined && payload.slice(payload.indexOf(' ') + 1) === holder;
  }

  /** What a redirect carries for the next page to say. */
  signNotice(said: Said, holder: string): string {
    const expires = new Date(this.#clock.now().getTime() + noticeLifeMs);
    return signToken(this.#signingKey(), 'console notice', JSON.stringify([holder, said]), expires);
  }

  /** What such a text says to this session; undefined for any other text. */
  readNotice(token: string, holder: string): Said | undefined {
    const payload = token === '' ? undefined : openToken(this.#keys(), 'console notice', token, this.#clock.now());
    if (payload === undefined) return undefined;
    const [owner, said] = JSON.parse(payload) as [string, Said];
    return owner === holder ? said : undefined;
  }

  #signingKey(): Buffer {
    const [first] = this.#keys();
    if (first === undefined) throw new Error('there is no key for forms');
    return first;
  }
}
