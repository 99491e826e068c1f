import { maxPasswordLength, type PasswordFault } from '../../provisioning/passwords/password-policy.ts';
import type { Person } from '../../provisioning/user/person.ts';
import type { Settings } from '../../config/settings.ts';
import { formField, type Fault, type Field } from '../../page-kit/form-field.ts';
import { html, type Html } from '../../page-kit/html.ts';
import { say } from '../../page-kit/page-words.ts';
import type { Viewer } from '../../page-kit/viewer.ts';
import { secretField, type ShownEntries } from './shown-entries.ts';

/** What makes a good password, folded up below the form: each fault is told beside the field as well. */
export function passwordRules(
  { words, product }: Viewer,
  { history, composition }: Settings['passwords'],
  ownPasswordBefore: boolean,
): Html {
  return html`<details class="rules">
    <summary>${words.rules.title}</summary>
    <ul>
      ${composition && html`<li>${words.rules.composition}</li>`}
      <li>${say(words.rules.common, { product })}</li>
      ${ownPasswordBefore && history > 0 && html`<li>${say(words.rules.history, { count: history })}</li>`}
      <li>${words.rules.free}</li>
    </ul>
  </details>`;
}

/** The new password, beside the user name that password managers file it under. */
export function newPasswordFields(
  { words }: Viewer,
  person: Person,
  settings: Settings['passwords'],
  entries: ShownEntries,
  faults: readonly Fault[],
): Html {
  const field: Omit<Field, 'type'> = {
    name: 'newPassword',
    label: words.fields.newPassword,
    autocomplete: 'new-password',
    minLength: settings.minLength,
    passwordRules: managerRules(settings),
    hint: say(words.rules.length, { min: settings.minLength }),
  };
  return html`${userNameForManagers(words.fields.userName, person)} ${formField(secretField(field, entries), faults)}`;
}

/** The user name for password managers alone: people read it elsewhere on the page. */
function userNameForManagers(label: string, { userName }: Person): Html {
  return html`<input
    class="unseen"
    id="userName"
    name="userName"
    type="text"
    autocomplete="username"
    aria-label="${label}"
    aria-hidden="true"
    tabindex="-1"
    value="${userName}"
    readonly
  />`;
}

/** Whose password it is, for people to read. */
export function userNameLine(label: string, { userName }: Person): Html {
  return html`<dl class="whose">
    <dt>${label}</dt>
    <dd><bdi translate="no">${userName}</bdi></dd>
  </dl>`;
}

/**
 * What can be seen to be wrong with what was typed before anything is asked.
 * @param repeated what forms that ask for the password twice send; '' from those that ask once
 */
export function typingFaults({ words }: Viewer, password: string, repeated: string): Fault[] {
  if (password === '') return [{ field: 'newPassword', text: words.faults.newMissing }];
  return repeated === '' || password === repeated ? [] : [{ field: 'newPassword', text: words.faults.mismatch }];
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

function managerRules({ minLength, composition }: Settings['passwords']): string {
  const classes = composition ? ' required: upper; required: lower; required: digit;' : '';
  return `minlength: ${minLength}; maxlength: ${maxPasswordLength};${classes}`;
}
