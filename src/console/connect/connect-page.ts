import { html } from '../../page-kit/html.ts';
import type { ConsoleAnswer, ConsolePage } from '../visit/console-answer.ts';
import type { ConsoleSite } from '../console-site.ts';
import { faultBox, textField } from '../parts.ts';
import type { Visit } from '../visit/visit.ts';
import { errorPage } from '../error-page.ts';
import { sourceGuide, tokenNotice } from './guide.ts';
import { sources, type Source } from './sources.ts';
import { testPanel } from './test-panel.ts';

/** What is read of a client, and of a credential when it is made. */
interface ClientView {
  readonly id: string;
  readonly name: string;
  readonly profile: string;
  readonly createdAt: string;
}

const scopes = ['scim:read', 'scim:write'];

/** `/console/connect`: a source is connected with the words of its own form; the panel shows what arrives. */
export function connectPage(site: ConsoleSite): void {
  site.page('/connect', { section: 'clients', operations: ['createCredential'] }, (visit) => choice(visit));
  site.page('/connect/:source', { section: 'clients', operations: ['createCredential'], fresh: true }, (visit) =>
    withSource(visit, (source) => nameForm(visit, source)),
  );
  site.act(
    '/connect/:source',
    { section: 'clients', operations: ['createCredential'], fresh: true, once: true },
    (visit) => withSource(visit, (source) => connect(visit, source)),
  );
  site.page('/connect/:source/:client', { section: 'clients', operations: ['listRequests'] }, (visit) =>
    withSource(visit, async (source) => {
      const client = await visit.call<ClientView>('getClient', { params: { id: visit.param('client') } });
      return guide(visit, source, client);
    }),
  );
}

function withSource(visit: Visit, answer: (source: Source) => ConsoleAnswer | Promise<ConsoleAnswer>) {
  const source = sources.find(({ id }) => id === visit.param('source'));
  return source === undefined ? errorPage(visit, 404, 'notFound') : answer(source);
}

async function connect(visit: Visit, source: Source): Promise<ConsoleAnswer> {
  const body = { name: visit.field('name'), profile: source.profile, scopes };
  const made = await visit.attempt<ClientView>('createClient', { body });
  if ('refused' in made) return nameForm(visit, source, made.refused);
  const { token } = await visit.call<{ readonly token: string }>('createCredential', {
    params: { id: made.view.id },
    body: { kind: 'token' },
  });
  return guide(visit, source, made.view, token);
}

function choice(visit: Visit): ConsolePage {
  return {
    title: visit.t('connect.title'),
    lead: visit.say('connect.lead'),
    body: html`<ul class="needs">
      ${sources.map(
        ({ id, name, place }) =>
          html`<li>
            <span class="n"></span>
            <div>
              <p><strong>${name}</strong></p>
              <p>${place}</p>
            </div>
            <div class="row"><a class="button quiet low"
              href="${visit.href(`/connect/${id}`)}">${visit.t('connect.choose')}<span
                class="unseen">: ${name}</span></a></div>
          </li>`,
      )}
      ${
        visit.hasPage('/imports')
        && html`<li>
          <span class="n"></span>
          <div>
            <p><strong>CSV, Excel</strong></p>
            <p>${visit.t('connect.file')}</p>
          </div>
          <div class="row"><a class="button quiet low"
            href="${visit.href('/imports')}">${visit.t('connect.choose')}<span
              class="unseen">: CSV, Excel</span></a></div>
        </li>`
      }
    </ul>`,
  };
}

function nameForm(visit: Visit, source: Source, refused?: string): ConsolePage {
  return {
    title: visit.t('connect.to', { name: source.name }),
    lead: visit.say('connect.nameLead', { name: source.name }),
    crumbs: [{ href: visit.href('/connect'), text: visit.t('connect.title') }],
    status: refused === undefined ? 200 : 422,
    body: html`${refused !== undefined && faultBox(refused)}
    ${visit.form(
      `/connect/${source.id}`,
      html`${textField({
        name: 'name',
        label: visit.t('connect.name'),
        hint: visit.t('connect.nameHint'),
        value: visit.field('name') || source.name,
      })}
        <p><button>${visit.t('connect.make')}</button></p>`,
      { className: 'stack' },
    )}`,
  };
}

async function guide(visit: Visit, source: Source, client: ClientView, token?: string): Promise<ConsolePage> {
  const here = `/connect/${source.id}/${encodeURIComponent(client.id)}`;
  return {
    title: visit.t('connect.to', { name: client.name }),
    lead: visit.say('connect.guideLead', { source: source.name }),
    crumbs: [{ href: visit.href('/connect'), text: visit.t('connect.title') }],
    section: 'clients',
    ...(visit.may('createSetupLink')
      ? {
          deed: html`<a class="button quiet"
            href="${visit.href(`/clients/${client.id}/setup-links`)}">${visit.t('connect.setup.send')}</a>`,
        }
      : {}),
    body: html`${token !== undefined && tokenNotice(visit)}
    ${sourceGuide(visit, source, await testPanel(visit, client, visit.href(here)), token)}`,
  };
}
