import { html, type Html } from './html.ts';

/** One thing wrong with what was typed; without a field it concerns the form as a whole. */
export interface Fault {
  readonly field?: string;
  readonly text: Html | string;
}

/** One labelled input. `name` is its id as well. */
export interface Field {
  readonly name: string;
  readonly label: string;
  readonly type: 'text' | 'password';
  readonly autocomplete: 'username' | 'one-time-code' | 'new-password' | 'current-password' | 'off';
  readonly value?: string;
  readonly inputmode?: 'text' | 'numeric' | 'email';
  readonly autocapitalize?: 'none' | 'characters';
  /** A hint to password managers; the server decides. */
  readonly minLength?: number;
  /** The same in the words of `passwordrules`, which Safari reads. */
  readonly passwordRules?: string;
  /** One line that says what is wanted, between the label and the input. */
  readonly hint?: Html | string;
  /** Marks a password field, which the script of the pages can show. */
  readonly secret?: boolean;
}

/** The field that takes a user name. @param value what was typed before */
export function userNameField(
  words: { readonly fields: { readonly userName: string } },
  value: string | undefined,
  faults: readonly Fault[],
): Html {
  const label = words.fields.userName;
  return formField(
    { name: 'userName', label, type: 'text', autocomplete: 'username', ...(value === undefined ? {} : { value }) },
    faults,
  );
}

/**
 * Renders a field: the label, the hint, what is wrong with it, then the input. The first field of a form with a fault
 * takes the focus, so that a screen reader reads the fault out and the reader need not look for the field.
 */
export function formField(field: Field, faults: readonly Fault[]): Html {
  const own = faults.filter((fault) => fault.field === field.name);
  const told = own.map((fault, index) => [index > 0 && ' ', fault.text]);
  const hintId = `${field.name}-hint`;
  const faultId = `${field.name}-fault`;
  const described = [field.hint === undefined ? [] : [hintId], own.length > 0 ? [faultId] : []].flat().join(' ');
  return html`<div class="field">
    <label for="${field.name}">${field.label}</label>
    ${field.hint !== undefined && html`<p class="hint" id="${hintId}">${field.hint}</p>`}
    ${own.length > 0 && html`<p class="fault" id="${faultId}" role="alert"><span>${told}</span></p>`}
    <div class="entry">
      <input
        id="${field.name}"
        name="${field.name}"
        type="${field.type}"
        autocomplete="${field.autocomplete}"
        dir="auto"
        autocapitalize="${field.autocapitalize ?? 'none'}"
        autocorrect="off"
        spellcheck="false"
        required
        ${[
          attribute('value', field.value),
          attribute('inputmode', field.inputmode),
          attribute('minlength', field.minLength),
          attribute('passwordrules', field.passwordRules),
          attribute('aria-describedby', described || undefined),
          field.secret === true && html` data-secret`,
          own.length > 0 && html` aria-invalid="true"`,
          own.length > 0 && takesFocus(field.name, faults) && html` autofocus`,
        ]}
      />
    </div>
  </div>`;
}

/** What is wrong with a form as a whole, above it: takes the focus and is announced. Nothing when nothing is. */
export function formFaults(faults: readonly Fault[]): Html | undefined {
  const whole = faults.filter((fault) => fault.field === undefined);
  if (whole.length === 0) return undefined;
  return html`<div class="alert" role="alert" tabindex="-1" autofocus>
    ${whole.map(({ text }) => html`<p>${text}</p>`)}
  </div>`;
}

function takesFocus(name: string, faults: readonly Fault[]): boolean {
  return faults.every((fault) => fault.field !== undefined) && faults[0]?.field === name;
}

function attribute(name: string, value: string | number | undefined): Html | undefined {
  return value === undefined ? undefined : html` ${name}="${value}"`;
}
