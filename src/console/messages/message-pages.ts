import { html } from '../../page-kit/html.ts';
import type { ConsoleAnswer } from '../visit/console-answer.ts';
import type { ConsoleSite } from '../console-site.ts';
import { faultBox, noticeBox } from '../parts.ts';
import type { Visit } from '../visit/visit.ts';
import { brandForm, brandPatch, triedFields, type SettingsView } from './brand-form.ts';
import { choiceFields, choiceOf, chooser, type MessageListView } from './message-choice.ts';
import { messageFrame, messagePreview, type PreviewView } from './message-preview.ts';
import { senderPage } from './sender-page.ts';
import { wordsPage } from './words-page.ts';

/** `/console/messages`: every text in every language as its reader sees it, the brand, the sender. */
export function messagePages(site: ConsoleSite): void {
  site.page('/messages', { section: 'messages', operations: ['listMessages', 'previewMessage'] }, (visit) =>
    page(visit),
  );
  messageFrame(site);
  senderPage(site);
  wordsPage(site);
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
    deed: html`<div class="row">
      <a class="button quiet" href="${visit.href('/messages/sender')}">${visit.t('messages.sender.check')}</a>
      <a class="button" href="${visit.href('/messages/words', choiceFields(choice))}">${visit.t(
        'messages.words.change',
      )}</a>
    </div>`,
    status: refused === undefined ? 200 : 422,
    body: html`${refused !== undefined && faultBox(refused)}
      ${list.captured && noticeBox('late', html`<p>${visit.t('messages.captured')}</p>`)}
      ${chooser(visit, '/messages', list, choice, tried)}
      <div class="main-aside">
        <div>
          ${'refused' in preview ? faultBox(preview.refused) : messagePreview(visit, choice, preview.view, tried)}
        </div>
        <div>${brandForm(visit, settings, choiceFields(choice))}</div>
      </div>`,
  };
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
