import type { FirstStepsView } from '../../operations/first-steps-operations.ts';
import { html, type Html } from '../../page-kit/html.ts';
import type { ConsoleAnswer } from '../visit/console-answer.ts';
import type { ConsoleSite } from '../console-site.ts';
import { icon } from '../visit/icons.ts';
import { faultBox, noticeBox, textField } from '../parts.ts';
import type { Visit } from '../visit/visit.ts';

type Settings = {
  readonly settings: { readonly productName: string; readonly mail: Readonly<Record<string, string | null>> };
  readonly pinned: readonly string[];
};

/** `/console/welcome`: the first steps of a tenant, from its name to its first person. */
export function welcomePage(site: ConsoleSite): void {
  const rules = { section: 'home', operations: ['getFirstSteps'] } as const;
  site.page('/welcome', rules, (visit) => page(visit));
  site.act('/welcome', { section: 'home', operations: ['changeSettings'] }, async (visit) => {
    const fromName = visit.field('fromName');
    const replyTo = visit.field('replyTo');
    const { pinned } = await visit.call<Settings>('getSettings');
    const open = (name: string): boolean => !pinned.includes(name);
    const body = {
      ...(open('productName') ? { productName: visit.field('productName') } : {}),
      mail: {
        ...(open('mail.fromName') ? { fromName: fromName === '' ? null : fromName } : {}),
        ...(open('mail.replyTo') ? { replyTo: replyTo === '' ? null : replyTo } : {}),
      },
    };
    const done = await visit.attempt('changeSettings', { body });
    return 'refused' in done ? page(visit, done.refused) : visit.goOn('/welcome', { key: 'settings.saved' });
  });
  site.act('/welcome/test', { section: 'home', operations: ['sendTestMessage'] }, async (visit) => {
    const sent = await visit.attempt<{ readonly to: string; readonly outcome: string; readonly reply: string }>(
      'sendTestMessage',
      { params: { name: 'invitation' }, body: {} },
    );
    if ('refused' in sent) return page(visit, sent.refused);
    const { to, outcome, reply } = sent.view;
    return visit.goOn(
      '/welcome',
      outcome === 'accepted'
        ? { key: 'messages.sent', values: { to } }
        : { key: 'messages.notSent', values: { to, reply }, tone: 'stop' },
    );
  });
  site.act('/welcome/end', { section: 'home', operations: ['endFirstSteps'] }, async (visit) => {
    await visit.call('endFirstSteps');
    return visit.goOn('/');
  });
}

/** What a new tenant still needs, on the home page; nothing once it needs no more. */
export async function firstSteps(visit: Visit): Promise<Html | false> {
  if (!visit.may('getFirstSteps')) return false;
  const { steps, over } = await visit.call<FirstStepsView>('getFirstSteps');
  if (over) return false;
  const left = steps.filter(({ done }) => !done).length;
  return noticeBox(
    'way',
    html`<p><strong>${visit.t('home.welcome.title')}</strong> ${visit.say('home.welcome.left', { count: left })}</p>`,
    undefined,
    html`<a class="button quiet low" href="${visit.href('/welcome')}">${visit.t('home.welcome.goOn')}</a>`,
  );
}

async function page(visit: Visit, refused?: string): Promise<ConsoleAnswer> {
  const [{ steps }, { settings, pinned }, { captured }] = await Promise.all([
    visit.call<FirstStepsView>('getFirstSteps'),
    visit.call<Settings>('getSettings'),
    visit.call<{ readonly captured: boolean }>('listMessages'),
  ]);
  const isDone = (id: string): boolean => steps.find((step) => step.id === id)?.done === true;
  const step = (id: string, body: Html): Html => html`<li data-tone="${isDone(id) ? 'done' : 'wait'}">
    <span class="dot">${icon(isDone(id) ? 'tick' : 'onward')}</span>
    <div>
      <h2 id="${id}">${visit.t(`home.welcome.steps.${id}.title`)}${
        isDone(id) && html`<span class="unseen">: ${visit.t('home.welcome.done')}</span>`
      }</h2>
      <p>${visit.t(`home.welcome.steps.${id}.text`)}</p>
      ${body}
    </div>
  </li>`;
  const field = (name: string, path: string, value: string, required = false): Html =>
    pinned.includes(path)
      ? html`<p>${visit.t(`messages.fields.${name}`)}: <bdi>${value}</bdi> <span
        class="soft">${visit.t('settings.pinned')}</span></p>`
      : textField({
          name,
          label: visit.t(`messages.fields.${name}`),
          value: visit.request.method === 'POST' && refused !== undefined ? visit.field(name) : value,
          hint: visit.t(`messages.hints.${name}`),
          required,
        });
  return {
    title: visit.t('home.welcome.title'),
    lead: visit.say('home.welcome.lead'),
    section: 'home',
    status: refused === undefined ? 200 : 422,
    body: html`${refused !== undefined && faultBox(refused)}
      <ol class="time steps-down">
        ${step(
          'name',
          visit.form(
            '/welcome',
            html`${field('productName', 'productName', settings.productName, true)}
              ${field('fromName', 'mail.fromName', settings.mail['fromName'] ?? '')}
              ${field('replyTo', 'mail.replyTo', settings.mail['replyTo'] ?? '')}
              <p><button class="${isDone('name') && 'quiet'}">${visit.t('settings.save')}</button></p>`,
            { className: 'stack' },
          ),
        )}
        ${step(
          'sender',
          html`${captured && noticeBox('late', html`<p>${visit.t('messages.captured')}</p>`)}
            <p><a class="button quiet" href="${visit.href('/messages/sender')}">${visit.t('messages.sender.check')}</a>
            <a class="button quiet" href="${visit.href('/messages')}">${visit.t('home.welcome.brand')}</a></p>`,
        )}
        ${step(
          'testMail',
          visit.form(
            '/welcome/test',
            html`<button class="quiet">${visit.t('messages.send')}</button>
              <p class="hint">${visit.say('messages.sendHint', { mail: visit.me.administrator.email })}</p>`,
          ),
        )}
        ${step(
          'source',
          html`<p><a class="button quiet"
          href="${visit.href('/connect')}">${visit.t('connect.title')}</a></p>`,
        )}
        ${step(
          'person',
          html`<p><a class="button quiet"
          href="${visit.href('/people/new')}">${visit.t('people.add')}</a> <a class="button quiet"
            href="${visit.href('/imports')}">${visit.t('shell.nav.imports')}</a></p>`,
        )}
      </ol>
      ${visit.form('/welcome/end', html`<p><button class="quiet">${visit.t('home.welcome.end')}</button></p>`)}`,
  };
}
