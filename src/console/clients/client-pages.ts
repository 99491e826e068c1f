import type { JsonObject } from '../../base/json.ts';
import { html } from '../../page-kit/html.ts';
import type { ConsoleAnswer } from '../visit/console-answer.ts';
import type { ConsoleSite } from '../console-site.ts';
import { icon } from '../visit/icons.ts';
import { copyField, faultBox, noticeBox, selectField, stateChip, textField } from '../parts.ts';
import type { Visit } from '../visit/visit.ts';
import { credentialTable, type CredentialView } from './credential-table.ts';
import { type ClientView, list, profileField, clientState } from './client-list.ts';

type Made = { readonly id: string; readonly token?: string; readonly secret?: string; readonly clientId?: string };

/** `/console/clients`: the systems that call, and what they prove themselves with. */
export function clientPages(site: ConsoleSite): void {
  site.page('/clients', { section: 'clients', operations: ['listClients'] }, (visit) => list(visit));
  site.act('/clients', { section: 'clients', operations: ['createClient'], fresh: true, once: true }, async (visit) => {
    const made = await visit.attempt<ClientView>('createClient', {
      body: { name: visit.field('name'), profile: visit.field('profile'), scopes: [...visit.fields('scopes')] },
    });
    return 'refused' in made ? list(visit, made.refused) : visit.goOn(`/clients/${made.view.id}`);
  });
  site.page('/clients/:id', { section: 'clients', operations: ['getClient', 'listCredentials'] }, (visit) =>
    one(visit),
  );
  site.act('/clients/:id', { section: 'clients', operations: ['changeClient'] }, async (visit) => {
    const id = visit.param('id');
    const body: JsonObject =
      visit.field('do') === 'pause'
        ? { paused: true }
        : visit.field('do') === 'resume'
          ? { paused: false }
          : { name: visit.field('name'), profile: visit.field('profile') };
    const changed = await visit.attempt('changeClient', { params: { id }, body });
    return 'refused' in changed
      ? one(visit, changed.refused)
      : visit.goOn(`/clients/${id}`, { key: 'clients.changed' });
  });
  const secret = { section: 'clients', operations: ['createCredential'], fresh: true, once: true } as const;
  site.act('/clients/:id/credentials', secret, async (visit) => {
    const day = visit.field('expiresAt');
    const made = await visit.attempt<Made>('createCredential', {
      params: { id: visit.param('id') },
      body: { kind: visit.field('kind'), ...(day === '' ? {} : { expiresAt: `${day}T00:00:00Z` }) },
    });
    return 'refused' in made ? one(visit, made.refused) : shown(visit, made.view);
  });
  const rotation = { section: 'clients', operations: ['rotateCredential'], fresh: true, once: true } as const;
  site.act('/clients/:id/credentials/:credential/rotate', rotation, async (visit) => {
    const params = { id: visit.param('id'), credential: visit.param('credential') };
    const made = await visit.attempt<Made>('rotateCredential', { params, body: {} });
    return 'refused' in made ? one(visit, made.refused) : shown(visit, made.view);
  });
  site.act(
    '/clients/:id/credentials/:credential/revoke',
    { ...rotation, operations: ['revokeCredential'] },
    async (visit) => {
      const params = { id: visit.param('id'), credential: visit.param('credential') };
      const done = await visit.attempt('revokeCredential', { params });
      return 'refused' in done
        ? one(visit, done.refused)
        : visit.goOn(`/clients/${params.id}`, { key: 'clients.revoked' });
    },
  );
  const end = { section: 'clients', operations: ['deleteClient'], fresh: true } as const;
  site.page('/clients/:id/end', end, async (visit) => {
    const client = await visit.call<ClientView>('getClient', { params: { id: visit.param('id') } });
    return {
      title: visit.t('clients.end.title', { name: client.name }),
      lead: visit.say('clients.end.text'),
      crumbs: [{ href: visit.href(`/clients/${client.id}`), text: client.name }],
      body: visit.form(
        `/clients/${client.id}/end`,
        html`<div class="deeds"><button class="danger">${visit.t('clients.end.do')}</button></div>`,
      ),
    };
  });
  site.act('/clients/:id/end', end, async (visit) => {
    const done = await visit.attempt('deleteClient', { params: { id: visit.param('id') } });
    return 'refused' in done ? one(visit, done.refused) : visit.goOn('/clients', { key: 'clients.end.done' });
  });
}

async function one(visit: Visit, refused?: string): Promise<ConsoleAnswer> {
  const id = visit.param('id');
  const [client, { credentials }] = await Promise.all([
    visit.call<ClientView>('getClient', { params: { id } }),
    visit.call<{ readonly credentials: readonly CredentialView[] }>('listCredentials', { params: { id } }),
  ]);
  const isMine = visit.may('changeClient');
  return {
    title: client.name,
    lead:
      client.paused || credentials.some(({ state }) => state === 'live')
        ? clientState(visit, client)
        : stateChip('stop', 'key', visit.t('clients.noCredentials')),
    crumbs: [{ href: visit.href('/clients'), text: visit.t('clients.title') }],
    status: refused === undefined ? 200 : 422,
    deed: html`<div class="row">
      <a class="button quiet"
        href="${visit.href('/requests', { client: id, status: 'all' })}">${visit.t('clients.calls')}</a>
      ${
        visit.may('listAuditEvents')
        && html`<a class="button quiet"
        href="${visit.href('/audit', { about: id })}">${visit.t('people.audit')}</a>`
      }
      ${
        visit.may('previewClientCall')
        && html`<a class="button quiet"
        href="${visit.href(`/clients/${id}/preview`)}">${visit.t('clients.preview.name')}</a>`
      }
      ${
        visit.may('listSetupLinks')
        && html`<a class="button quiet"
        href="${visit.href(`/clients/${id}/setup-links`)}">${visit.t('clients.setupLinks.name')}</a>`
      }
      ${
        isMine
        && visit.form(
          `/clients/${id}`,
          html`<button name="do" value="${client.paused ? 'resume' : 'pause'}"
            class="quiet">${visit.t(client.paused ? 'clients.resume' : 'clients.pause')}</button>`,
        )
      }
      ${
        visit.may('deleteClient')
        && html`<a class="button danger"
        href="${visit.href(`/clients/${id}/end`)}">${visit.t('clients.end.name')}</a>`
      }
    </div>`,
    body: html`${refused !== undefined && faultBox(refused)}
      <section aria-labelledby="credentials">
        <h2 id="credentials">${visit.t('clients.credentials')}</h2>
        ${
          credentials.length === 0
            ? html`<p class="soft">${visit.t('clients.noCredentials')}</p>`
            : credentialTable(visit, id, credentials)
        }
        ${
          visit.may('createCredential')
          && html`<details class="spaced">
          <summary>${visit.t('clients.addCredential')}</summary>
          ${visit.form(
            `/clients/${id}/credentials`,
            html`${selectField(
              'kind',
              visit.t('clients.heads.kind'),
              ['token', 'secret'].map((value) => ({ value, text: visit.t(`clients.kinds.${value}`) })),
              'token',
            )}
              ${textField({
                name: 'expiresAt',
                label: visit.t('clients.heads.end'),
                type: 'date',
                required: false,
                hint: visit.t('clients.endHint'),
              })}
              <button>${visit.t('clients.makeCredential')}</button>`,
            { className: 'stack' },
          )}
        </details>`
        }
      </section>
      <section aria-labelledby="settings">
        <h2 id="settings">${visit.t('clients.settings')}</h2>
        <dl class="pairs">
          <dt>${visit.t('clients.heads.scopes')}</dt><dd><code dir="ltr">${client.scopes.join(' ')}</code></dd>
          <dt>${visit.t('clients.limit')}</dt><dd>${
            client.callsPerSecond === null
              ? visit.t('clients.noLimit')
              : visit.say('clients.aSecond', { count: client.callsPerSecond })
          }</dd>
          <dt>${visit.t('clients.owns')}</dt><dd>${
            client.owns.length === 0
              ? visit.t('clients.ownsNothing')
              : html`<code dir="ltr">${client.owns.join(', ')}</code>`
          }</dd>
          <dt>id</dt><dd><code dir="ltr">${client.id}</code></dd>
        </dl>
        ${
          isMine
          && html`<details class="spaced">
          <summary>${visit.t('clients.change')}</summary>
          ${visit.form(
            `/clients/${id}`,
            html`${textField({ name: 'name', label: visit.t('clients.heads.name'), value: client.name })}
              ${profileField(visit, client.profile)}
              <button>${visit.t('clients.save')}</button>`,
            { className: 'stack' },
          )}
        </details>`
        }
      </section>`,
  };
}

/** What is shown this once. */
function shown(visit: Visit, { token, secret, clientId }: Made): ConsoleAnswer {
  const id = visit.param('id');
  return {
    title: visit.t('clients.once'),
    crumbs: [{ href: visit.href(`/clients/${id}`), text: visit.t('clients.title') }],
    body: html`${noticeBox('late', html`<p>${visit.t('clients.onceText')}</p>`, 'status')}
      <div class="stack">
        ${clientId !== undefined && copyField(visit, clientId, 'client_id')}
        ${copyField(visit, token ?? secret ?? '', visit.t(`clients.kinds.${token === undefined ? 'secret' : 'token'}`))}
      </div>
      <p class="deeds"><a class="button"
        href="${visit.href(`/clients/${id}`)}">${icon('tick')}${visit.t('people.password_.noted')}</a></p>`,
  };
}
