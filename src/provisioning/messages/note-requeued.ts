import type { Delivery } from '../../notify/delivery/delivery.ts';
import { omit } from '../../base/omit.ts';
import { isUnderWay } from '../user/latchkey-extension.ts';
import { messageLine, noteMessage } from '../user/timeline.ts';
import { forgetUndeliverable } from '../user/undeliverable.ts';
import type { Rules, UserDraft } from '../user/user-draft.ts';
import { isAwaited } from './awaited-delivery.ts';

/** States of a line that had ended. */
const ended: ReadonlySet<string> = new Set(['dead', 'cancelled', 'failed']);

/**
 * The user's record shows a delivery that had ended as queued again, unless news of its next end was quicker. Its
 * address is tried again, whatever was heard of it.
 */
export function noteRequeued(draft: UserDraft, { now }: Rules, delivery: Delivery): void {
  const { onboarding } = draft;
  draft.account = forgetUndeliverable(draft.account, delivery.to);
  const line = messageLine(onboarding, delivery.id);
  if (line !== undefined && ended.has(line.state)) {
    noteMessage(onboarding, { ...omit(line, 'reply'), state: 'queued', attempts: 0, at: now.toISOString() });
    if (isAwaited(draft.account, delivery) && isUnderWay(onboarding)) onboarding.status = 'queued';
  }
  draft.events.push({ type: 'delivery.requeued', data: { delivery: delivery.id } });
}
