import type { JsonObject } from '../../base/json.ts';
import { html, type Html } from '../../page-kit/html.ts';
import type { StreamView } from '../../operations/messages/stream-operations.ts';
import type { ConsoleSite } from '../console-site.ts';
import type { ConsoleAnswer } from '../visit/console-answer.ts';
import { noticeBox, stateChip, textField } from '../parts.ts';
import type { Visit } from '../visit/visit.ts';

/** Kinds of endpoints that follow the audit. */
const streamKinds: ReadonlySet<string> = new Set(['siem', 'push', 'poll']);

/** Whether an endpoint of this kind has a {@link streamPart}. */
export function isStreamKind(kind: string): boolean {
  return streamKinds.has(kind);
}

/** How far a stream is, and what can be done about it. */
export async function streamPart(visit: Visit, id: string): Promise<Html> {
  const stream = await visit.call<StreamView>('getStream', { params: { id } });
  const { position, end, state, reason, fault, pausedAt } = stream;
  return html`<section aria-labelledby="stream">
    <h2 id="stream">${visit.t('webhooks.stream.title')}</h2>
    <p id="stream-state" data-live="5">${
      state === 'paused'
        ? stateChip('late', 'held', visit.t('webhooks.stream.paused'))
        : stateChip('done', 'tick', visit.t('webhooks.stream.runs'))
    } ${visit.say('webhooks.stream.progress', { position, end, behind: Math.max(0, end - position) })}</p>
    ${
      state === 'paused'
      && noticeBox(
        'late',
        html`<p>${visit.say('webhooks.stream.since', { date: visit.date(pausedAt ?? '') })} <bdi
          lang="en">${reason}</bdi></p>`,
      )
    }
    ${
      fault !== undefined
      && html`<p class="soft">${visit.t('webhooks.stream.fault')}
      <code><bdi>${fault}</bdi></code></p>`
    }
    <div class="row">
      ${
        state === 'paused'
          ? visit.may('resumeStream')
            && visit.form(
              `/webhooks/${id}/resume`,
              html`<button class="quiet">${visit.t('webhooks.stream.resume')}</button>`,
            )
          : visit.may('pauseStream')
            && visit.form(
              `/webhooks/${id}/pause`,
              html`<button class="quiet">${visit.t('webhooks.stream.pause')}</button>`,
            )
      }
    </div>
    ${
      visit.may('replayStream')
      && visit.form(
        `/webhooks/${id}/replay-from`,
        html`${textField({
          name: 'from',
          label: visit.t('webhooks.stream.from'),
          hint: visit.t('webhooks.stream.fromHint'),
        })}
          <button class="quiet">${visit.t('webhooks.stream.replay')}</button>`,
      )
    }
  </section>`;
}

/** Registers what is done about streams. */
export function streamActs(site: ConsoleSite): void {
  const act = (path: string, operation: string, key: string, bodyOf: (visit: Visit) => JsonObject): void => {
    const rules = { section: 'webhooks', operations: [operation] } as const;
    site.act(`/webhooks/:id/${path}`, rules, async (visit): Promise<ConsoleAnswer> => {
      const id = visit.param('id');
      const done = await visit.attempt(operation, { params: { id }, body: bodyOf(visit) });
      return 'refused' in done
        ? visit.goOn(`/webhooks/${id}`, { key: 'people.refused', values: { reason: done.refused }, tone: 'late' })
        : visit.goOn(`/webhooks/${id}`, { key });
    });
  };
  act('pause', 'pauseStream', 'webhooks.stream.pausedNow', () => ({}));
  act('resume', 'resumeStream', 'webhooks.stream.resumed', () => ({}));
  act('replay-from', 'replayStream', 'webhooks.stream.replayed', (visit): JsonObject => {
    const from = visit.field('from').trim();
    if (from === '') return {};
    return /^\d{1,15}$/.test(from) ? { seq: Number(from) } : { since: from };
  });
}
