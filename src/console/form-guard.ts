import { createHash } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import type { Notes } from '../domain/notes.ts';
import { errorPage } from './error-page.ts';
import type { Handler } from './console-options.ts';

/** Longer than a form can be sent, in milliseconds. */
const keptMs = 13 * 60 * 60_000;

/** What notes the forms that were sent. */
export interface FormGuardParts {
  readonly tenant: string;
  readonly notes: Pick<Notes, 'put' | 'remove'>;
  readonly clock: Clock;
}

/**
 * A form whose token is not this session's does nothing. With `once` a form that was sent does nothing when it is sent
 * again, in whatever process; one that was refused may be sent again.
 */
export function guarded(handler: Handler, { tenant, notes, clock }: FormGuardParts, once = false): Handler {
  return async (visit) => {
    if (!visit.knowsForm(visit.ownPath))
      return errorPage(visit, 403, 'badRequest', visit.t('shell.faults.formExpired'));
    if (!once) return handler(visit);
    const key = createHash('sha256').update(visit.formToken).digest('base64url');
    const expiresAt = new Date(clock.now().getTime() + keptMs).toISOString();
    const { outcome } = await notes.put({ tenant, kind: 'sentForm', key, value: {}, expiresAt }, 0);
    if (outcome !== 'done') return errorPage(visit, 409, 'sentBefore');
    const takeBack = () => notes.remove(tenant, 'sentForm', key);
    try {
      const answer = await handler(visit);
      if ('title' in answer && (answer.status ?? 200) >= 400) await takeBack();
      return answer;
    } catch (error) {
      await takeBack();
      throw error;
    }
  };
}
