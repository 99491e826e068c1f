import { isJsonObject, type Json, type JsonObject } from '../../base/json.ts';
import { linesOf, listAt, tableOf, textAt, valueAt } from '../output.ts';

/** Why a person is not in, as the answer's `hindrance`. */
const hindrances: Readonly<Record<string, string>> = {
  deactivated: 'the user is deactivated',
  notStarted: 'the first day has not come',
  nothingSent: 'the user has neither a password nor an invitation',
  held: 'the message is held',
  queued: 'the message is queued',
  noAddress: 'there is no address to send to',
  deliveryFailed: 'the message could not be delivered',
  bounced: 'the mail came back',
  expired: 'the invitation has run out',
  tooManyWrongCodes: 'the code was typed wrong too often',
  invitationUnused: 'the user has been invited and has not set a password yet',
  passwordUnused: 'the user has a password and has not used it yet',
  failedSignIns: 'too many sign-ins have failed',
  emailNotVerified: 'the mail address is not proved yet',
};

/** What a write would change, as the `effects` of a dry run. */
const effects: Readonly<Record<string, string>> = {
  nothing: 'nothing changes',
  created: 'the user is created',
  restored: 'the user is put back',
  removed: 'the user is removed',
  deactivated: 'sign-in is refused',
  reactivated: 'sign-in works again',
  passwordSet: 'the user has a password',
  passwordReplaced: 'the present password ends',
  passwordEnds: 'the present password ends when the mail goes out',
  mustChange: 'another password must be chosen at the next sign-in',
  keySuperseded: 'the link or code sent before stops working',
  keyEnds: 'the open link or code ends',
  keyExtended: 'the link or code that was sent lasts longer',
  messagesCancelled: 'messages that have not gone out are cancelled',
  sessionsEnd: 'sessions end',
  unlocked: 'the lock after failed sign-ins ends',
  addressChanged: 'mail goes to the new address',
  addressProved: 'the address counts as proved',
};

/**
 * How far a person is, as an operation of the admin API answers it, for people at a terminal.
 * @param answer a `Progress`, or an answer that holds one as `onboarding`, and a `password` that is shown once
 */
export function showPerson(answer: Json | undefined): string {
  if (!isJsonObject(answer)) return 'done';
  const progress = valueAt(answer, 'onboarding') ?? answer;
  if (!isJsonObject(valueAt(progress, 'user'))) return linesOf(answer);
  const plan = valueAt(progress, 'plan') ?? valueAt(answer, 'plan');
  const password = textAt(answer, 'password');
  const lines: JsonObject = {
    ...said(
      'user',
      [textAt(progress, 'user.displayName'), textAt(progress, 'user.userName')].filter(isText).join(', '),
    ),
    ...said('id', textAt(progress, 'user.id')),
    status: `${textAt(progress, 'status')}${hindered(progress)}`,
    ...said('detail', textAt(progress, 'detail')),
    ...said('invitation', invitationOf(progress)),
    ...said('invited', textAt(progress, 'invitedAt')),
    ...said('starts', textAt(progress, 'startsAt')),
    ...said('password set', textAt(progress, 'passwordChangedAt')),
    ...said('last sign-in', textAt(progress, 'lastSignInAt')),
    'sign-in': lockOf(progress),
    ...(valueAt(progress, 'forcePasswordReset') === true ? { 'must change': 'the password, at the next sign-in' } : {}),
  };
  return [
    ...(plan === undefined ? [] : ['Nothing was written. This would happen:', ...planLines(plan), '']),
    linesOf(lines),
    ...(password === '' ? [] : ['', 'Password (shown this once; hand it over safely):', `  ${password}`]),
    ...listAt(progress, 'warnings').map((warning) => `warning: ${textAt({ warning }, 'warning')}`),
  ].join('\n');
}

/** The messages to a person, newest first. */
export function showMessages(deliveries: readonly Json[]): string {
  const columns = [
    ['AT', 'at'],
    ['CHANNEL', 'channel'],
    ['TEMPLATE', 'template'],
    ['STATE', 'state'],
    ['REPLY', 'reply'],
  ] as const;
  const rows = deliveries.map((one) => ({
    ...(isJsonObject(one) ? one : {}),
    at: ['lastAt', 'endedAt', 'notBefore', 'createdAt'].map((name) => textAt(one, name)).find(isText) ?? '',
  }));
  return tableOf(columns, rows);
}

function planLines(plan: Json): readonly string[] {
  return [
    ...listAt(plan, 'effects').map((effect) => effectLine(textAt({ effect }, 'effect'))),
    ...listAt(plan, 'deliveries').map((one) => {
      const reason = textAt(one, 'reason');
      const to = textAt(one, 'to');
      return (
        `  - ${textAt(one, 'template')} by ${textAt(one, 'channel')}${to === '' ? '' : ` to ${to}`}, not before `
        + `${textAt(one, 'notBefore')}${reason === '' ? '' : ` (${reason})`}`
      );
    }),
  ];
}

function effectLine(effect: string): string {
  return `  - ${effects[effect] ?? effect}`;
}

function hindered(progress: Json): string {
  const hindrance = textAt(progress, 'hindrance');
  return hindrance === '' ? '' : `: ${hindrances[hindrance] ?? hindrance}`;
}

function invitationOf(progress: Json): string {
  const method = textAt(progress, 'invitation.method');
  if (method === '') return '';
  const end = textAt(progress, 'invitation.expiresAt');
  return `${method}, ${textAt(progress, 'invitation.state')}${end === '' ? '' : `, until ${end}`}`;
}

function lockOf(progress: Json): string {
  if (valueAt(progress, 'locked') !== true) return 'open';
  const until = textAt(progress, 'lockedUntil');
  return `refused (${textAt(progress, 'lockedReason')})${until === '' ? '' : ` until ${until}`}`;
}

function said(name: string, text: string): JsonObject {
  return text === '' ? {} : { [name]: text };
}

function isText(text: string): boolean {
  return text !== '';
}
