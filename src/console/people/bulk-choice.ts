import { bulkActions, bulkRules, type BulkAction } from '../../bulk/bulk-actions.ts';
import { html, type Html } from '../../page-kit/html.ts';
import { icon } from '../visit/icons.ts';
import type { Visit } from '../visit/visit.ts';

const inBar: readonly BulkAction[] = ['resend', 'extend', 'password', 'unlock', 'deactivate'];

/** Whether the person may do anything to many at once. */
export function mayBulk(visit: Visit): boolean {
  return visit.may('startPeopleJob');
}

/** What the person may do to many at once: what they may do to one. */
export function allowedActions(visit: Visit): readonly BulkAction[] {
  return bulkActions.filter((action) => visit.may(bulkRules[action].operation));
}

/** True of what takes something away from people. */
export function isDangerous(action: BulkAction): boolean {
  return action === 'deactivate' || action === 'delete';
}

/** The bar below a list: what to do with the ticked rows, or with all that the filter finds. */
export function bulkBar(visit: Visit, total: number): Html {
  const allowed = allowedActions(visit);
  const shown = [...allowed.filter((one) => inBar.includes(one)), ...allowed.filter((one) => !inBar.includes(one))];
  const button = (action: BulkAction, at: number): Html => {
    const look = isDangerous(action) ? 'danger' : at === 0 ? '' : 'quiet';
    return html`<button name="action" value="${action}"
      class="${look} low">${at === 0 && icon('invited')}${visit.t(`bulk.buttons.${action}`)}</button>`;
  };
  return html`<div class="bulk">
    <p class="none row">
      ${visit.t('bulk.none')}
      <button name="whole" value="on" class="quiet low">${visit.t('bulk.all', { count: total })}</button>
      <a href="${visit.href('/people/bulk')}">${visit.t('bulk.title')}</a>
    </p>
    <div class="some row">
      <span><b></b> ${visit.t('bulk.chosen')}</span>
      ${shown.map(button)}
    </div>
  </div>`;
}
