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
  readonly readonly?: boolean;
  readonly inputmode?: 'text' | 'numeric' | 'email';
  readonly autocapitalize?: 'none' | 'characters';
  /** A hint to password managers; the server decides. */
  readonly minLength?: number;
  /** The same in the words of `passwordrules`, which Safari reads. */
  readonly passwordRules?: string;
  /** Id of a text that describes the field. */
  readonly describedBy?: string;
}

/** Renders a field with its label and, below it, what is wrong with it. */
export function formField(field: Field, faults: readonly Fault[]): Html {
  const own = faults.filter((fault) => fault.field === field.name);
  const faultId = `${field.name}-fault`;
  const described = [field.describedBy, own.length > 0 ? faultId : undefined]
    .filter((id) => id !== undefined)
    .join(' ');
  return html`<div class="field">
    <label for="${field.name}">${field.label}</label>
    <input
      id="${field.name}"
      name="${field.name}"
      type="${field.type}"
      autocomplete="${field.autocomplete}"
      dir="auto"
      autocapitalize="${field.autocapitalize ?? 'none'}"
      autocorrect="off"
      spellcheck="false"
      ${[
        attribute('value', field.value),
        attribute('inputmode', field.inputmode),
        attribute('minlength', field.minLength),
        attribute('passwordrules', field.passwordRules),
        attribute('aria-describedby', described || undefined),
        field.readonly === true ? html` readonly` : html` required`,
        own.length > 0 && html` aria-invalid="true"`,
      ]}
    />
    ${own.length > 0 && html`<p class="fault" id="${faultId}"><span>${own.map((fault, index) => [index > 0 && ' ', fault.text])}</span></p>`}
  </div>`;
}

/**
 * The summary above a form: takes the focus, is announced, and leads to each field. Nothing when there are no faults.
 */
export function faultSummary(heading: string, faults: readonly Fault[]): Html | undefined {
  if (faults.length === 0) return undefined;
  const whole = faults.filter((fault) => fault.field === undefined);
  const fields = faults.filter((fault) => fault.field !== undefined);
  return html`<div class="alert" role="alert" tabindex="-1" autofocus>
    ${whole.map((fault) => html`<p>${fault.text}</p>`)}
    ${
      fields.length > 0
      && html`${whole.length === 0 && html`<p>${heading}</p>`}
        <ul>
          ${fields.map((fault) => html`<li><a href="#${fault.field}">${fault.text}</a></li>`)}
        </ul>`
    }
  </div>`;
}

function attribute(name: string, value: string | number | undefined): Html | undefined {
  return value === undefined ? undefined : html` ${name}="${value}"`;
}
