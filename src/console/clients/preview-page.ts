import { isJsonObject, type Json } from '../../base/json.ts';
import { html, type Html } from '../../page-kit/html.ts';
import type { ConsoleAnswer } from '../visit/console-answer.ts';
import type { ConsoleSite } from '../console-site.ts';
import { faultBox, selectField, stateChip, textField } from '../parts.ts';
import type { Visit } from '../visit/visit.ts';

type Previewed = { readonly status: number; readonly detail?: string; readonly body?: unknown };

const sample = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
  userName: 'ines@company.example',
  name: { givenName: 'Ines', familyName: 'Okoro' },
  emails: [{ value: 'ines@company.example', primary: true }],
};

/** `/console/clients/{id}/preview`: a pasted body becomes what would be stored of it, by the client's own rules. */
export function previewPage(site: ConsoleSite): void {
  const rules = { section: 'clients', operations: ['previewClientCall'] } as const;
  site.page('/clients/:id/preview', rules, (visit) => page(visit));
  site.act('/clients/:id/preview', rules, async (visit) => {
    const body = read(visit.rawField('body'));
    if (body === undefined) return page(visit, visit.t('clients.preview.notJson'));
    const method = visit.field('method');
    const done = await visit.attempt<Previewed>('previewClientCall', {
      params: { id: visit.param('id') },
      body: { method, path: visit.field('path'), body },
    });
    return 'refused' in done ? page(visit, done.refused) : page(visit, undefined, done.view);
  });
}

function read(text: string): Json | undefined {
  try {
    const body = JSON.parse(text) as Json;
    return isJsonObject(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

async function page(visit: Visit, refused?: string, shown?: Previewed): Promise<ConsoleAnswer> {
  const id = visit.param('id');
  const client = await visit.call<{ readonly name: string; readonly profile: string }>('getClient', { params: { id } });
  const isPosted = visit.request.method === 'POST';
  return {
    title: visit.t('clients.preview.title'),
    lead: visit.say('clients.preview.lead', { client: client.name }),
    crumbs: [
      { href: visit.href('/clients'), text: visit.t('clients.title') },
      { href: visit.href(`/clients/${id}`), text: client.name },
    ],
    status: refused === undefined ? 200 : 422,
    body: html`${refused !== undefined && faultBox(refused)}
      <div class="two">
        ${visit.form(
          `/clients/${id}/preview`,
          html`${selectField(
            'method',
            visit.t('clients.preview.method'),
            ['POST', 'PUT', 'PATCH'].map((value) => ({ value, text: value })),
            visit.field('method') || 'POST',
          )}
            ${textField({
              name: 'path',
              label: visit.t('clients.preview.path'),
              value: visit.field('path') || '/Users',
              hint: visit.t('clients.preview.pathHint'),
            })}
            <div class="field">
              <label for="body">${visit.t('clients.preview.body')}</label>
              <textarea id="body" name="body" rows="16" dir="ltr" spellcheck="false" autocomplete="off"
                required>${isPosted ? visit.rawField('body') : JSON.stringify(sample, undefined, 2)}</textarea>
            </div>
            <p><button>${visit.t('clients.preview.do')}</button></p>
            <p class="hint">${visit.t('clients.preview.hint')}</p>`,
          { className: 'stack' },
        )}
        ${shown !== undefined && answerOf(visit, shown)}
      </div>`,
  };
}

function answerOf(visit: Visit, { status, detail, body }: Previewed): Html {
  const isWell = status < 400;
  return html`<section aria-labelledby="answer">
    <div class="bar">
      <h2 id="answer">${visit.t('clients.preview.answer')}</h2>
      <p role="status">${stateChip(isWell ? 'done' : 'stop', isWell ? 'tick' : 'failed', String(status))}</p>
    </div>
    ${detail !== undefined && html`<p lang="en"><bdi>${detail}</bdi></p>`}
    ${
      body !== undefined
      && html`<pre dir="ltr" tabindex="0" role="group"
      aria-labelledby="answer">${JSON.stringify(body, undefined, 2)}</pre>`
    }
  </section>`;
}
