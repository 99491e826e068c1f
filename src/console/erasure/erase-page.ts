import type { ErasurePlan, ErasureView } from '../../erasure/erasures.ts';
import { html, type Html, type Renderable } from '../../page-kit/html.ts';
import type { ConsoleAnswer } from '../visit/console-answer.ts';
import type { ConsoleSite } from '../console-site.ts';
import { icon } from '../visit/icons.ts';
import { noticeBox, textField } from '../parts.ts';
import type { Visit } from '../visit/visit.ts';

const kinds = ['events', 'messages', 'calls', 'notes', 'answers', 'reports'] as const;

/**
 * `/console/people/{id}/erase`: a person is forgotten for good. The page tells what that means for this person, and
 * asks for their id to be typed; the next one shows how far it is.
 */
export function erasePage(site: ConsoleSite): void {
  const rules = { section: 'people', operations: ['eraseUser'], fresh: true } as const;
  site.page('/people/:id/erase', rules, (visit) => ask(visit));
  site.act('/people/:id/erase', rules, async (visit) => {
    const id = visit.param('id');
    if (visit.field('confirm') !== (await nameToType(visit, id)).trim())
      return ask(visit, visit.t('people.erase.wrong'));
    const done = await visit.attempt<ErasureView>('eraseUser', { params: { id } });
    return 'refused' in done ? ask(visit, done.refused) : visit.goOn(`/people/${id}/erased`);
  });
  site.page('/people/:id/erased', { section: 'people', operations: ['getErasure'] }, (visit) => progress(visit));
}

/** What is typed to confirm: the user name, or the id where there is no record any more. */
async function nameToType(visit: Visit, id: string): Promise<string> {
  const found = await visit.attempt<{ readonly user: { readonly userName: string } }>('getUser', { params: { id } });
  return 'view' in found ? found.view.user.userName : id;
}

async function ask(visit: Visit, fault?: Renderable): Promise<ConsoleAnswer> {
  const id = visit.param('id');
  const [{ plan }, name] = await Promise.all([
    visit.call<{ readonly plan: ErasurePlan }>('eraseUser', { params: { id }, query: { dryRun: true } }),
    nameToType(visit, id),
  ]);
  const back = plan.person === 'present' ? `/people/${id}` : '/people/deleted';
  const effect = (text: Html): Html => html`<li>${icon('onward')}<span>${text}</span></li>`;
  return {
    title: visit.t('people.erase.title', { name }),
    lead: visit.say('people.erase.lead'),
    crumbs: [{ href: visit.href(back), text: plan.person === 'present' ? name : visit.t('people.deleted.title') }],
    status: fault === undefined ? 200 : 422,
    body: html`<section class="block" aria-labelledby="plan">
        <h2 id="plan">${visit.t('people.plan.title')}</h2>
        <ul class="marks">
          ${effect(visit.say(`people.erase.person.${plan.person}`))}
          ${effect(visit.say('people.erase.events', { count: plan.events }))}
          ${effect(visit.say('people.erase.messages', { count: plan.messages }))}
          ${effect(visit.say('people.erase.values', { count: plan.values }))}
          ${
            plan.administrators.length > 0
            && effect(visit.say('people.erase.administrators', { count: plan.administrators.length }))
          }
        </ul>
      </section>
      ${visit.form(
        `/people/${id}/erase`,
        html`${textField({
          name: 'confirm',
          label: visit.t('people.erase.confirm'),
          hint: html`<code dir="ltr"><bdi>${name}</bdi></code>`,
          fault,
        })}
          <div class="deeds">
            <button class="danger">${visit.t('people.erase.do')}</button>
            <a class="button quiet" href="${visit.href(back)}">${visit.t('shell.cancel')}</a>
          </div>`,
        { className: 'stack' },
      )}`,
  };
}

async function progress(visit: Visit): Promise<ConsoleAnswer> {
  const id = visit.param('id');
  const { state, erased, endedAt, reason } = await visit.call<ErasureView>('getErasure', { params: { id } });
  const isRunning = endedAt === undefined;
  return {
    title: visit.t('people.erase.erasedTitle'),
    lead: html`<code dir="ltr">${id}</code>`,
    crumbs: [{ href: visit.href('/people'), text: visit.t('people.title') }],
    body: html`<div id="erasure"${isRunning && html` data-live="2"`}>
      ${
        isRunning
          ? noticeBox('way', html`<p>${visit.t('people.erase.running')}</p>`, 'status')
          : state === 'done'
            ? noticeBox('done', html`<p>${visit.say('people.erase.done', { date: visit.date(endedAt) })}</p>`, 'status')
            : noticeBox('stop', html`<p>${visit.t('people.erase.failed')} <bdi>${reason ?? ''}</bdi></p>`, 'alert')
      }
      <dl class="pairs">
        ${kinds.map(
          (kind) => html`<dt>${visit.t(`people.erase.kinds.${kind}`)}</dt><dd>${visit.number(erased[kind])}</dd>`,
        )}
      </dl>
      ${isRunning && html`<p><a href="${visit.href(`/people/${id}/erased`)}">${visit.t('bulk.refresh')}</a></p>`}
    </div>`,
  };
}
