import { html, type Html } from '../../page-kit/html.ts';
import { icon } from '../icons.ts';
import type { Visit } from '../visit.ts';

/** What can be done to many people at once, with the operation that decides who may. */
export const bulkKinds = {
  resend: 'resend',
  invite: 'inviteUser',
  extend: 'extend',
  password: 'resetPassword',
  unlock: 'unlock',
  cancel: 'cancel',
  deactivate: 'deactivateUser',
  delete: 'deleteUser',
} as const;
export type BulkKind = keyof typeof bulkKinds;

const inBar: readonly BulkKind[] = ['resend', 'extend', 'password', 'unlock', 'deactivate'];

/** Whether the person may do anything to many at once. */
export function mayBulk(visit: Visit): boolean {
  return visit.may('startPeopleJob');
}

/** The bar below a list: what to do with the ticked rows, or with all that the filter finds. */
export function bulkActions(visit: Visit, total: number): Html {
  const allowed = inBar.filter((kind) => visit.may(bulkKinds[kind]));
  const more = (Object.keys(bulkKinds) as BulkKind[]).filter(
    (kind) => !inBar.includes(kind) && visit.may(bulkKinds[kind]),
  );
  const button = (kind: BulkKind, at: number): Html => {
    const look = kind === 'deactivate' || kind === 'delete' ? 'danger' : at === 0 ? '' : 'quiet';
    return html`<button name="action" value="${kind}" class="${look} low">${at === 0 && icon('invited')}${visit.t(`people.bulk.${kind}`)}</button>`;
  };
  return html`<div class="bulk">
    <p class="none row">
      ${visit.t('people.bulk.none')}
      ${allowed.length > 0 && html`<button name="whole" value="${allowed[0] ?? 'resend'}" class="quiet low">${visit.t('people.bulk.all', { count: total })}</button>`}
    </p>
    <div class="some row">
      <span><b></b> ${visit.t('people.bulk.chosen')}</span>
      ${allowed.map(button)} ${more.map((kind) => button(kind, 1))}
    </div>
  </div>`;
}
