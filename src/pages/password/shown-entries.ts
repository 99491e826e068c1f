import type { Request } from 'express';
import type { Field } from '../../page-kit/form-field.ts';
import { html, type Html } from '../../page-kit/html.ts';
import type { PageWords } from '../../page-kit/page-words.ts';
import { typed } from '../../page-kit/posted-form.ts';

/** How the password fields of a form are shown: as dots and empty, or readable with what was typed in them. */
export interface ShownEntries {
  readonly shown: boolean;
  /** What was typed, by the name of its field. */
  readonly typed: Readonly<Record<string, string>>;
}

/** A form that was opened just now. */
export const nothingShown: ShownEntries = { shown: false, typed: {} };

/** How a posted form is to be shown, and whether its button for that was pressed. */
export interface PostedEntries extends ShownEntries {
  /** The person wants to see (or hide) what they typed: nothing else may be done with this post. */
  readonly pressed: boolean;
}

/**
 * Reads how a posted form shows its password fields. Without script, the button `peek` posts the form, and the answer
 * is the same form with what was typed in it; pages are never kept by caches. A form whose fields are hidden never
 * gets a password back, except by that button.
 * @param names the form's password fields
 */
export function postedEntries(request: Request, names: readonly string[]): PostedEntries {
  const wish = typed(request, 'peek');
  const pressed = wish !== '';
  const shown = pressed ? wish === 'show' : typed(request, 'shown') === 'yes';
  const keeps = shown || pressed;
  return { pressed, shown, typed: keeps ? Object.fromEntries(names.map((name) => [name, typed(request, name)])) : {} };
}

/** A password field as a form shows it. */
export function secretField(field: Omit<Field, 'type' | 'value' | 'secret'>, { shown, typed }: ShownEntries): Field {
  const value = typed[field.name];
  return {
    ...field,
    type: shown ? 'text' : 'password',
    secret: true,
    ...(value === undefined || value === '' ? {} : { value }),
  };
}

/** The hidden fields by which a form remembers how it is shown. */
export function shownFields({ shown }: ShownEntries): Readonly<Record<string, string>> {
  return shown ? { shown: 'yes' } : {};
}

/**
 * The button that shows what was typed, behind the form's own button, so that Enter presses that one. The script of
 * the pages puts it into each password field and does its work without the server.
 */
export function peekButton({ fields }: PageWords, { shown }: ShownEntries): Html {
  return html`<button class="quiet peek" type="submit" name="peek" value="${shown ? 'hide' : 'show'}" formnovalidate>
    <svg class="eye" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path class="lid" d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Z" />
      <circle cx="12" cy="12" r="2.75" />
      <path class="bar" d="M4 4l16 16" />
    </svg>
    <span>${shown ? fields.hide : fields.show}</span>
  </button>`;
}
