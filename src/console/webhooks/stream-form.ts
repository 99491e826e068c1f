import type { JsonObject } from '../../base/json.ts';
import { html, type Html, type Renderable } from '../../page-kit/html.ts';
import type { ConsoleAnswer } from '../visit/console-answer.ts';
import type { ConsoleSite } from '../console-site.ts';
import { faultBox, selectField, textField } from '../parts.ts';
import type { Visit } from '../visit/visit.ts';
import { secretPage } from './secret-page.ts';
import { isStreamKind } from './stream-part.ts';

const path = '/webhooks/new/stream';
const rules = { section: 'webhooks', operations: ['createWebhook', 'listClients'], fresh: true } as const;

/** What is asked for a stream of each kind, beside its name and events. */
const fieldsOf: Readonly<Record<string, readonly string[]>> = {
  siem: ['url', 'batch'],
  push: ['url', 'authorization', 'audience'],
  poll: ['client', 'audience'],
};

/** `/console/webhooks/new/stream`: a stream of the audit is made. */
export function streamForm(site: ConsoleSite): void {
  site.page(path, rules, (visit) => formPage(visit, visit.query('kind')));
  site.act(path, { ...rules, once: true }, async (visit) => {
    const kind = visit.field('kind');
    if (!isStreamKind(kind)) return formPage(visit, '');
    const body = posted(visit, kind);
    const done = await visit.attempt<{ readonly secret?: string }>('createWebhook', { body }, true);
    if ('refused' in done) return formPage(visit, kind, done.refused);
    const id = visit.field('id');
    return done.view.secret === undefined
      ? visit.goOn(`/webhooks/${id}`, { key: 'webhooks.stream.added' })
      : secretPage(visit, id, done.view.secret);
  });
}

function posted(visit: Visit, kind: string): JsonObject {
  const body: Record<string, JsonObject[string]> = { id: visit.field('id'), kind };
  const events = visit
    .field('events')
    .split(/[\s,]+/)
    .filter((word) => word !== '');
  if (events.length > 0) body['events'] = events;
  for (const name of fieldsOf[kind] ?? []) {
    const value = visit.field(name);
    if (value !== '') body[name] = name === 'batch' && /^\d{1,9}$/.test(value) ? Number(value) : value;
  }
  return body;
}

async function formPage(visit: Visit, kind: string, refused?: string): Promise<ConsoleAnswer> {
  const page = {
    title: visit.t('webhooks.stream.add'),
    lead: visit.say('webhooks.stream.addLead'),
    crumbs: [{ href: visit.href('/webhooks'), text: visit.t('webhooks.title') }],
    section: 'webhooks' as const,
    status: refused === undefined ? 200 : 422,
  };
  if (!isStreamKind(kind)) return { ...page, body: kindsPart(visit) };
  const fields = await Promise.all((fieldsOf[kind] ?? []).map((name) => fieldOf(visit, name)));
  return {
    ...page,
    lead: visit.say(`webhooks.stream.about.${kind}`),
    body: html`${refused !== undefined && faultBox(html`<span lang="en">${refused}</span>`)}
    ${visit.form(
      path,
      html`<input type="hidden" name="kind" value="${kind}">
        ${text(visit, 'id', true)} ${fields} ${text(visit, 'events')}
        <div class="deeds">
          <button>${visit.t('webhooks.stream.add')}</button>
          <a class="button quiet" href="${visit.href('/webhooks')}">${visit.t('shell.cancel')}</a>
        </div>`,
      { className: 'stack' },
    )}`,
  };
}

function kindsPart(visit: Visit): Html {
  return html`<ul>
    ${Object.keys(fieldsOf).map(
      (kind) => html`<li>
        <a href="${visit.href(path, { kind })}">${visit.t(`webhooks.stream.kinds.${kind}`)}</a>
        <span class="soft">${visit.t(`webhooks.stream.about.${kind}`)}</span>
      </li>`,
    )}
  </ul>`;
}

async function fieldOf(visit: Visit, name: string): Promise<Html> {
  if (name !== 'client') return text(visit, name, name === 'url');
  const { clients } = await visit.call<{ readonly clients: readonly { readonly id: string; readonly name: string }[] }>(
    'listClients',
  );
  const options = clients.map((client) => ({ value: client.id, text: client.name }));
  return selectField(name, visit.t('webhooks.stream.fields.client'), options, visit.field(name));
}

function text(visit: Visit, name: string, required = false): Html {
  const own = name === 'id' || name === 'url' ? 'webhooks' : 'webhooks.stream';
  const hint: Renderable = visit.t(`${own}.hints.${name}`);
  return textField({
    name,
    label: visit.t(`${own}.fields.${name}`),
    hint,
    value: name === 'authorization' ? '' : visit.field(name),
    required,
    ...(name === 'url' ? { inputmode: 'url' as const } : {}),
  });
}
