import { html, type Html } from '../../page-kit/html.ts';
import type { ConsoleAnswer } from '../visit/console-answer.ts';
import type { ConsoleSite } from '../console-site.ts';
import { faultBox, noticeBox } from '../parts.ts';
import type { Visit } from '../visit/visit.ts';
import { brandForm, brandPatch, triedFields, type SettingsView } from './brand-form.ts';
import { choiceOf, type MessageChoice, type MessageListView } from './message-choice.ts';
import { messageFrame, messagePreview, type PreviewView } from './message-preview.ts';
import { senderPage } from './sender-page.ts';

/** `/console/messages`: every text in every language as its reader sees it, the brand, the sender. */
export function messagePages(site: ConsoleSite): void {
  site.page('/messages', { section: 'messages', operations: ['listMessages', 'previewMessage'] }, (visit) =>
    page(visit),
  );
  messageFrame(site);
  senderPage(site);
  site.act('/messages/brand', { section: 'messages', operations: ['changeSettings'] }, save);
  site.act('/messages/send', { section: 'messages', operations: ['sendTestMessage'], once: true }, send);
}

async function page(visit: Visit, refused?: string): Promise<ConsoleAnswer> {
  const [list, settings] = await Promise.all([
    visit.call<MessageListView>('listMessages'),
    visit.call<SettingsView>('getSettings'),
  ]);
  const choice = choiceOf(visit, list);
  const tried: Readonly<Record<string, string>> = Object.fromEntries(
    triedFields.map((name) => [name, visit.query(name)] as const).filter(([, value]) => value !== ''),
  );
  const preview = await visit.attempt<PreviewView>('previewMessage', {
    params: { name: choice.name },
    query: { language: choice.language, channel: choice.channel, ...tried },
  });
  return {
    title: visit.t('messages.title'),
    lead: visit.say('messages.lead', { from: list.from }),
    deed: html`<a class="button quiet"
      href="${visit.href('/messages/sender')}">${visit.t('messages.sender.check')}</a>`,
    status: refused === undefined ? 200 : 422,
    body: html`${refused !== undefined && faultBox(refused)}
      ${list.captured && noticeBox('late', html`<p>${visit.t('messages.captured')}</p>`)}
      ${chooser(visit, list, choice, tried)}
      <div class="main-aside">
        <div>
          ${'refused' in preview ? faultBox(preview.refused) : messagePreview(visit, choice, preview.view, tried)}
        </div>
        <div>${brandForm(visit, settings, choiceFields(choice))}</div>
      </div>`,
  };
}

/** What is looked at: a form without a token, for it changes nothing. */
function chooser(
  visit: Visit,
  list: MessageListView,
  choice: MessageChoice,
  tried: Readonly<Record<string, string>>,
): Html {
  const names = new Intl.DisplayNames([visit.lang], { type: 'language' });
  const select = (name: string, options: Html): Html => html`<div class="field">
    <label for="${name}">${visit.t(`messages.choose.${name}`)}</label>
    <select id="${name}" name="${name}">${options}</select>
  </div>`;
  const option = (value: string, text: string, chosen: string): Html =>
    html`<option value="${value}"${value === chosen && html` selected`}>${text}</option>`;
  return html`<form action="${visit.href('/messages')}" class="filters" data-auto
    aria-label="${visit.t('messages.choose.label')}">
    ${select(
      'name',
      html`<optgroup
        label="${visit.t('messages.choose.mails')}">${list.messages.map(({ name }) =>
          option(name, nameOf(visit, name), choice.name),
        )}</optgroup>
        <optgroup label="${visit.t('messages.choose.pages')}">${list.pages.map((page) =>
          option(`pages.${page}`, pageName(visit, page), choice.name),
        )}</optgroup>`,
    )}
    ${select('language', html`${list.languages.map((one) => option(one, names.of(one) ?? one, choice.language))}`)}
    ${
      choice.channels.length > 1
      && select(
        'channel',
        html`${choice.channels.map((one) => option(one, visit.t(`messages.channels.${one}`), choice.channel))}`,
      )
    }
    ${select(
      'scheme',
      html`${['light', 'dark'].map((one) => option(one, visit.t(`messages.schemes.${one}`), choice.scheme))}`,
    )}
    ${select(
      'width',
      html`${['phone', 'desktop'].map((one) => option(one, visit.t(`messages.widths.${one}`), choice.width))}`,
    )}
    ${Object.entries(tried).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
    <button class="quiet">${visit.t('messages.choose.show')}</button>
  </form>`;
}

/** What a message is called. */
function nameOf(visit: Visit, name: string): string {
  const key = `people.templates.${name}`;
  return visit.knows(key) ? visit.t(key) : name;
}

/** What a page is called; of its states the name as the language files have it. */
function pageName(visit: Visit, name: string): string {
  const key = `messages.pages.${name}`;
  return visit.knows(key) ? visit.t(key) : name;
}

function choiceFields({ name, language, channel, scheme, width }: MessageChoice): Readonly<Record<string, string>> {
  return { name, language, channel, scheme, width };
}

async function save(visit: Visit): Promise<ConsoleAnswer> {
  const back = Object.fromEntries(
    ['name', 'language', 'channel', 'scheme', 'width'].map((name) => [name, visit.field(name)]),
  );
  if (visit.field('do') === 'try') {
    const tried = Object.fromEntries(triedFields.map((name) => [name, visit.field(name)]));
    return visit.goOn('/messages', undefined, { ...back, ...tried });
  }
  const patch = brandPatch(visit, await visit.call<SettingsView>('getSettings'));
  if (Object.keys(patch).length === 0) return visit.goOn('/messages', { key: 'settings.none', tone: 'way' }, back);
  const done = await visit.attempt('changeSettings', { body: patch });
  return 'refused' in done ? page(visit, done.refused) : visit.goOn('/messages', { key: 'messages.saved' }, back);
}

async function send(visit: Visit): Promise<ConsoleAnswer> {
  const choice = { name: visit.field('name'), language: visit.field('language') };
  const sent = await visit.attempt<{ readonly to: string; readonly outcome: string; readonly reply: string }>(
    'sendTestMessage',
    { params: { name: choice.name }, body: { language: choice.language } },
  );
  if ('refused' in sent) return page(visit, sent.refused);
  const { to, outcome, reply } = sent.view;
  return visit.goOn(
    '/messages',
    outcome === 'accepted'
      ? { key: 'messages.sent', values: { to } }
      : { key: 'messages.notSent', values: { to, reply }, tone: 'stop' },
    choice,
  );
}
