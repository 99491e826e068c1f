import type { DomainEvent } from '../../domain/events.ts';
import type { Clock } from '../../base/clock.ts';
import type { Prepared } from '../../notify/delivery/addressee.ts';
import type { Delivery } from '../../notify/delivery/delivery.ts';
import type { DryRunReport, PlannedMessage } from '../../scim/port/dry-run.ts';
import type { Settings } from '../../config/settings.ts';
import { explainChange, type DryRunChange } from './explain-change.ts';
import type { Rules } from '../user/user-draft.ts';
import { judgeDelivery, type Verdict } from '../messages/judge-delivery.ts';
import { maskedValues } from '../messages/masked-values.ts';
import { messageTo } from '../messages/message-to.ts';
import type { StoredRecord } from '../records/resource-store.ts';
import { rulesOf } from '../user/change-user.ts';

type ReadyToSend = Extract<Prepared, { readonly outcome: 'send' }>;

/** What a rehearsal works with. The two functions are what `notify` would do with the same arguments. */
export interface DryRunsParts {
  readonly clock: Clock;
  readonly settingsOf: (tenant: string) => Settings;
  /** What a tenant's links begin with, without a slash at the end. */
  readonly publicUrlOf: (tenant: string) => string;
  /** The deliveries an event asks for. */
  readonly plan: (event: DomainEvent) => readonly Delivery[];
  /** The words of a message. */
  readonly write: (delivery: Delivery, ready: ReadyToSend) => { readonly subject?: string; readonly text: string };
}

/** A message that waits for its day may then have to wait for its hour. */
const mostWaits = 3;

/**
 * Reports what a write would have sent, when and to whom, and which rules decided it. Sends, mints and stores nothing.
 */
export class DryRuns {
  readonly #parts: DryRunsParts;

  constructor(parts: DryRunsParts) {
    this.#parts = parts;
  }

  report(rehearsed: DryRunChange, tenant: string): DryRunReport {
    const { plan } = this.#parts;
    const moment = rulesOf(tenant, this.#parts);
    const { commit } = rehearsed;
    const record = commit?.kind === 'put' ? commit.record : undefined;
    const deliveries =
      record === undefined
        ? []
        : (commit?.events ?? [])
            .flatMap((event) => plan(event))
            .map((delivery) => this.#message(delivery, record, moment));
    const waits = deliveries.flatMap(({ template, reason, notBefore }) =>
      reason === undefined ? [] : [`wait: '${template}' goes out on ${notBefore} or later: ${reason}`],
    );
    return { deliveries, rules: [...explainChange(rehearsed, moment), ...waits] };
  }

  /** The message as it would be, at the moment its turn would come. */
  #message(delivery: Delivery, record: StoredRecord, moment: Rules): PlannedMessage {
    const publicUrl = this.#parts.publicUrlOf(delivery.tenant);
    const { channel, template } = delivery;
    let at = new Date(Math.max(Date.parse(delivery.notBefore), moment.now.getTime()));
    let verdict: Verdict = judgeDelivery(record, delivery, { ...moment, now: at });
    let reason = delivery.heldFor;
    for (let wait = 0; wait < mostWaits && verdict.outcome === 'hold'; wait += 1) {
      reason ??= verdict.reason;
      at = verdict.until;
      verdict = judgeDelivery(record, delivery, { ...moment, now: at });
    }
    const notBefore = at.toISOString();
    if (verdict.outcome !== 'go') return { channel, template, notBefore, reason: verdict.reason };
    const ready = messageTo(
      { to: verdict.to, delivery, record, manager: undefined },
      moment.settings,
      maskedValues(delivery, record, { ...moment, now: at }, publicUrl),
    );
    return {
      channel,
      template,
      to: verdict.to,
      notBefore,
      ...(reason === undefined ? {} : { reason }),
      ...this.#parts.write(delivery, ready),
    };
  }
}
