import type { Json } from '../../base/json.ts';
import type { Locales } from '../../text/locales.ts';
import { type OwnWords, textAt, withOwnWords } from './own-words.ts';
import type { MailTemplates } from './render-mail.ts';

/** The words of messages and pages, and the layouts that messages are written with. */
export interface Wording {
  readonly locales: Locales;
  readonly layouts: MailTemplates;
}

/** The wording of a tenant's messages and pages, and that of the applications which have one of their own. */
export class MessageBook {
  readonly #own: Wording;
  readonly #applications: ReadonlyMap<string, Wording>;

  constructor(own: Wording, applications: ReadonlyMap<string, Wording> = new Map()) {
    this.#own = own;
    this.#applications = applications;
  }

  /**
   * @param application as a delivery's data, a user or a link names it; one without a wording of its own gets the
   * tenant's
   */
  wordingFor(application: Json | undefined): Wording {
    return (typeof application === 'string' ? this.#applications.get(application) : undefined) ?? this.#own;
  }

  /** The same with a tenant's own texts in it; what an application has for itself stays as it is. */
  with(words: OwnWords): MessageBook {
    if (Object.keys(words).length === 0) return this;
    const { locales, layouts } = this.#own;
    const applications = [...this.#applications].map(([name, wording]) => {
      const isShared = (language: string, path: string, text: string): boolean => {
        const shared = locales.get(language);
        return shared !== undefined && textAt(shared, path) === text;
      };
      return [name, { ...wording, locales: withOwnWords(wording.locales, words, isShared) }] as const;
    });
    return new MessageBook({ locales: withOwnWords(locales, words), layouts }, new Map(applications));
  }
}
