import { maxPasswordLength, type PasswordFault } from '../provisioning/passwords/password-policy.ts';
import type { Person } from '../provisioning/user/person.ts';
import type { Settings } from '../config/settings.ts';
import { faultSummary, formField, type Fault } from '../page-kit/form-field.ts';
import { html, type Html } from '../page-kit/html.ts';
import { say } from '../page-kit/page-words.ts';
import type { Viewer } from '../page-kit/viewer.ts';

/** The rules of a new password, told before anybody types one. */
export function passwordRules(
  { words, product }: Viewer,
  { minLength, history, composition }: Settings['passwords'],
): Html {
  return html`<section class="rules" id="rules" aria-labelledby="rules-title">
    <h2 id="rules-title">${words.rules.title}</h2>
    <ul>
      <li>${say(words.rules.length, { min: minLength })}</li>
      ${composition && html`<li>${words.rules.composition}</li>`}
      <li>${say(words.rules.common, { product })}</li>
      ${history > 0 && html`<li>${say(words.rules.history, { count: history })}</li>`}
      <li>${words.rules.free}</li>
    </ul>
  </section>`;
}

/** The new password, twice, beside the user name that password managers file it under. */
export function newPasswordFields(
  { words }: Viewer,
  person: Person,
  settings: Settings['passwords'],
  faults: readonly Fault[],
): Html {
  const field = {
    type: 'password',
    autocomplete: 'new-password',
    minLength: settings.minLength,
    passwordRules: managerRules(settings),
  } as const;
  return html`${userNameField(words.fields.userName, person)}
  ${formField({ ...field, name: 'newPassword', label: words.fields.newPassword, describedBy: 'rules' }, faults)}
  ${formField({ ...field, name: 'repeatPassword', label: words.fields.repeatPassword }, faults)}`;
}

/** The user name, to be read and filed, not typed. */
export function userNameField(label: string, { userName }: Person): Html {
  return formField(
    { name: 'userName', label, type: 'text', autocomplete: 'username', value: userName, readonly: true },
    [],
  );
}

/** What can be seen to be wrong with the two entries before anybody is asked. */
export function typingFaults({ words }: Viewer, password: string, repeated: string): Fault[] {
  if (password === '') return [{ field: 'newPassword', text: words.faults.newMissing }];
  if (repeated === '') return [{ field: 'repeatPassword', text: words.faults.repeatMissing }];
  return password === repeated ? [] : [{ field: 'repeatPassword', text: words.faults.mismatch }];
}

/** The rules that a password breaks, in the reader's words. */
export function ruleFaults({ words, product }: Viewer, faults: readonly PasswordFault[]): Fault[] {
  return faults.map((fault) => {
    const values = {
      product,
      min: 'min' in fault ? fault.min : 0,
      max: 'max' in fault ? fault.max : maxPasswordLength,
    };
    return { field: 'newPassword', text: say(words.faults[fault.rule], values) };
  });
}

/** A page's summary of faults. */
export function summary({ words }: Viewer, faults: readonly Fault[]): Html | undefined {
  return faultSummary(words.faults.summary, faults);
}

function managerRules({ minLength, composition }: Settings['passwords']): string {
  const classes = composition ? ' required: upper; required: lower; required: digit;' : '';
  return `minlength: ${minLength}; maxlength: ${maxPasswordLength};${classes}`;
}
