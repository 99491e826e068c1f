import type { WordsText, WordsView } from '../../operations/messages/word-operations.ts';
import { html, type Html } from '../../page-kit/html.ts';
import type { ConsoleAnswer, Download } from '../visit/console-answer.ts';
import type { ConsoleSite } from '../console-site.ts';
import { framePolicy } from '../frame-policy.ts';
import { faultBox, faultLine } from '../parts.ts';
import type { Visit } from '../visit/visit.ts';
import { choiceFields, choiceOf, chooser, type MessageChoice, type MessageListView } from './message-choice.ts';
import { logoSite, type PreviewView } from './message-preview.ts';

/** `/console/messages/words`: the texts of a message or page in words of one's own, seen while they are typed. */
export function wordsPage(site: ConsoleSite): void {
  const rules = { section: 'messages', operations: ['getMessageWords', 'listMessages', 'previewMessage'] } as const;
  site.page('/messages/words', rules, (visit) => page(visit));
  site.page('/messages/words/frame', { section: 'messages', operations: ['previewMessage'] }, async (visit) =>
    frame(
      visit,
      await visit.call<PreviewView>('previewMessage', {
        params: { name: visit.query('name') },
        query: { language: visit.query('language'), channel: visit.query('channel') },
      }),
    ),
  );
  const changes = { section: 'messages', operations: ['changeMessageWords', 'previewMessageWords'] } as const;
  site.act('/messages/words', changes, (visit) => (visit.field('do') === 'preview' ? tried(visit) : save(visit)));
}

async function page(visit: Visit, refused?: string): Promise<ConsoleAnswer> {
  const list = await visit.call<MessageListView>('listMessages');
  const choice = choiceOf(visit, list);
  const view = await wordsOf(visit, choice);
  const mayChange = visit.may('changeMessageWords');
  const own = view.texts.filter(({ shared }) => !shared);
  const shared = view.texts.filter((text) => text.shared);
  const field = (text: WordsText): Html => wordsField(visit, view, text, mayChange, refused);
  const fields = html`${own.map(field)}
    ${
      shared.length > 0
      && html`<details${shared.some((text) => faultOf(visit, text, refused) !== undefined) && html` open`}>
        <summary>${visit.t(`messages.words.shared_${choice.channel}`)}</summary>
        <div class="stack">${shared.map(field)}</div>
      </details>`
    }`;
  return {
    title: visit.t('messages.words.title'),
    lead: visit.say('messages.words.lead'),
    crumbs: [{ href: visit.href('/messages', choiceFields(choice)), text: visit.t('messages.title') }],
    status: refused === undefined ? 200 : 422,
    body: html`${refused !== undefined && faultBox(visit.t('shell.faults.summary'))}
      ${chooser(visit, '/messages/words', list, choice)}
      <div class="two">
        ${
          mayChange
            ? visit.form(
                '/messages/words',
                html`${fields}
                  <div class="row"><button name="do" value="save">${visit.t('messages.save')}</button><button
                    name="do" value="preview" class="quiet" formtarget="words-frame"
                    formnovalidate>${visit.t('messages.try')}</button></div>`,
                { className: 'stack', id: 'words-form', hidden: choiceFields(choice) },
              )
            : html`<div class="stack">${fields}</div>`
        }
        <section class="stay" aria-labelledby="preview">
          <h2 id="preview">${visit.t('messages.preview')}</h2>
          <div class="screen ${choice.width} ${choice.scheme}">
            <iframe name="words-frame" title="${visit.t('messages.frame')}" sandbox
              src="${visit.href('/messages/words/frame', {
                name: choice.name,
                language: choice.language,
                channel: choice.channel,
              })}"></iframe>
          </div>
          <p class="soft small">${visit.t('messages.sample')}</p>
        </section>
      </div>`,
  };
}

function wordsOf(visit: Visit, { name, language, channel }: MessageChoice): Promise<WordsView> {
  return visit.call<WordsView>('getMessageWords', { params: { name }, query: { language, channel } });
}

/** One text: what it is, what it must show, the standard text where it is another. */
function wordsField(
  visit: Visit,
  { language }: WordsView,
  text: WordsText,
  mayChange: boolean,
  refused: string | undefined,
): Html {
  const { path, standard, own, placeholders, mayOmit } = text;
  const id = path.replaceAll('.', '-');
  const last = path.slice(path.lastIndexOf('.') + 1);
  const label = visit.knows(`messages.words.parts.${last}`) ? visit.t(`messages.words.parts.${last}`) : last;
  const fault = faultOf(visit, text, refused);
  const shown = refused === undefined ? text.text : visit.field(path);
  const needs =
    placeholders !== ''
    && visit.say(`messages.words.${mayOmit ? 'may' : 'must'}`, { placeholders: code(placeholders) });
  const usual = own && visit.say('messages.words.standard', { text: standard });
  const hint = html`<p class="hint" id="${id}-hint">${needs} ${usual}</p>`;
  const hasHint = needs !== false || usual !== false;
  if (!mayChange)
    return html`<div class="field"><p><strong>${label}</strong></p><p lang="${language}" dir="auto">${shown}</p></div>`;
  const described = [...(hasHint ? [`${id}-hint`] : []), ...(fault === undefined ? [] : [`${id}-fault`])];
  return html`<div class="field">
    <label for="${id}">${label}${own && html` <span class="soft also">${visit.t('messages.words.own')}</span>`}</label>
    ${hasHint && hint} ${fault !== undefined && faultLine(`${id}-fault`, fault)}
    <textarea id="${id}" name="${path}" rows="${Math.min(6, Math.ceil(shown.length / 60) || 1)}" maxlength="2000"
      lang="${language}" dir="auto" autocomplete="off"${
        described.length > 0 && html` aria-describedby="${described.join(' ')}"`
      }${fault !== undefined && html` aria-invalid="true"`}>${shown}</textarea>
  </div>`;
}

function code(placeholders: string): Html {
  return html`<code dir="ltr">${placeholders}</code>`;
}

/** What is wrong with a text, in the words of this page; the operation names each by its path. */
function faultOf(visit: Visit, { path, placeholders }: WordsText, refused: string | undefined): Html | undefined {
  const at = refused?.indexOf(`${path} must `) ?? -1;
  if (refused === undefined || at < 0) return undefined;
  const said = refused.slice(at + path.length);
  if (!said.startsWith(' must use')) return html`${visit.t('messages.words.oneLine')}`;
  return placeholders === ''
    ? html`${visit.t('messages.words.noPlaceholder')}`
    : visit.say('messages.words.mustUse', { placeholders: code(placeholders) });
}

/** What was typed, by path; an empty field is the standard text. */
function typedTexts(visit: Visit, view: WordsView): Readonly<Record<string, string | null>> {
  return Object.fromEntries(
    view.texts.map(({ path }) => {
      const typed = visit.field(path).replaceAll(/\s+/g, ' ');
      return [path, typed === '' ? null : typed] as const;
    }),
  );
}

async function save(visit: Visit): Promise<ConsoleAnswer> {
  const choice = choiceOf(visit, await visit.call<MessageListView>('listMessages'));
  const texts = typedTexts(visit, await wordsOf(visit, choice));
  const done = await visit.attempt('changeMessageWords', { body: { language: choice.language, texts } });
  return 'refused' in done
    ? page(visit, done.refused)
    : visit.goOn('/messages/words', { key: 'messages.words.saved' }, choiceFields(choice));
}

/** The answer to the button that shows what was typed: it goes into the frame. */
async function tried(visit: Visit): Promise<ConsoleAnswer> {
  const choice = choiceOf(visit, await visit.call<MessageListView>('listMessages'));
  const texts = typedTexts(visit, await wordsOf(visit, choice));
  const { name, language, channel } = choice;
  const shown = await visit.attempt<PreviewView>('previewMessageWords', {
    params: { name },
    body: { language, ...(name.startsWith('pages.') ? {} : { channel }), texts },
  });
  if ('view' in shown) return frame(visit, shown.view);
  return frame(visit, { name, language, text: visit.t('messages.words.notYet') });
}

const aboveStyle =
  'margin:0;padding:8px 12px;font:600 14px/1.4 sans-serif;color:#16282a;background:#fff;'
  + 'border-bottom:1px solid #d5dfde';

/** A message or page as its reader sees it, the subject above it, with rules of its own. */
function frame(visit: Visit, { subject, html: content, text = '', language }: PreviewView): Download {
  const above = html`<p
    dir="auto"
    style="${aboveStyle}">${subject}</p>`;
  const plain = html`<!doctype html><html lang="${language}"><meta charset="utf-8"><title>SMS</title><pre dir="auto"
    style="margin:16px;font:15px/1.5 sans-serif;white-space:pre-wrap">${text}</pre></html>`;
  const whole =
    content === undefined
      ? plain.toString()
      : content.replace(/<body[^>]*>/, (body) => (subject === undefined ? body : `${body}${above.toString()}`));
  return {
    content: whole,
    type: 'text/html; charset=utf-8',
    headers: {
      'Content-Security-Policy': framePolicy({ images: logoSite(visit.settings.brand.logoUrl ?? '') }),
      'X-Frame-Options': 'SAMEORIGIN',
      'Content-Disposition': 'inline',
    },
  };
}
