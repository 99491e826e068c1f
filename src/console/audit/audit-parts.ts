import { html, type Html } from '../../page-kit/html.ts';
import { stateChip } from '../parts.ts';
import type { Visit } from '../visit/visit.ts';

/** An event as the audit has it. */
export interface AuditEventView {
  readonly id: string;
  readonly seq: number;
  readonly at: string;
  readonly type: string;
  readonly actor: { readonly kind: string; readonly id: string; readonly name?: string };
  readonly address?: string;
  readonly requestId?: string;
  readonly target: { readonly type: string; readonly id: string; readonly name?: string };
  readonly changes?: readonly { readonly path: string; readonly before?: string; readonly after?: string }[];
  readonly outcome: 'done' | 'refused' | 'held';
  readonly reason?: string;
  readonly erased?: boolean;
}

/** What happened, and whether it was refused. */
export function whatOf(visit: Visit, { type, outcome }: AuditEventView): Html {
  return html`<code dir="ltr">${type.split('.').map((part, at) => html`${at > 0 && html`.<wbr>`}${part}`)}</code>${
    outcome !== 'done'
    && html`<br>${stateChip(
      outcome === 'held' ? 'late' : 'stop',
      outcome === 'held' ? 'held' : 'cross',
      visit.t(`audit.outcomes.${outcome}`),
    )}`
  }`;
}

/** Who did it, from where, and the other events of the same call. */
export function whoOf(visit: Visit, { actor, address, requestId }: AuditEventView): Html {
  const name = actor.name ?? visit.t('audit.erased');
  return html`${
    actor.kind === 'system'
      ? html`<bdi>${name}</bdi>`
      : html`<a href="${visit.href('/audit', { about: actor.id })}"><bdi>${name}</bdi></a>`
  }<span class="soft">${
    visit.knows(`audit.kinds.${actor.kind}`) ? visit.t(`audit.kinds.${actor.kind}`) : actor.kind
  }${address !== undefined && html` · <code dir="ltr">${address}</code>`}</span>
  ${
    requestId !== undefined
    && html`<span class="soft"><a
    href="${visit.href('/audit', { request: requestId })}">${visit.t('audit.sameCall')}</a></span>`
  }`;
}

/** To whom or what. */
export function targetOf(visit: Visit, { target, erased }: AuditEventView): Html {
  const name = target.name ?? (erased === true ? visit.t('audit.erased') : target.id);
  if (target.id === '') return html`<span class="soft">${target.type}</span>`;
  return html`<a href="${visit.href('/audit', { about: target.id })}"><bdi>${name}</bdi></a><span
    class="soft">${target.type}${
      target.type === 'User'
      && erased !== true
      && html` · <a
      href="${visit.href(`/people/${target.id}`)}">${visit.t('people.person')}<span class="unseen">: ${name}</span></a>`
    }</span>`;
}

/** Each value before and after. */
export function changesList(visit: Visit, changes: NonNullable<AuditEventView['changes']>): Html {
  return html`<dl class="pairs">
    ${changes.map(
      ({ path, before, after }) =>
        html`<dt><code dir="ltr">${path}</code></dt>
          <dd>${before !== undefined && html`<del><bdi>${before}</bdi></del>`}
            ${after !== undefined && html`<ins><bdi>${after}</bdi></ins>`}${
              before === undefined && after === undefined && visit.t('audit.hidden')
            }</dd>`,
    )}
  </dl>`;
}
