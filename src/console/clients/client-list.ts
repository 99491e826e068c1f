import { html, type Html } from '../../page-kit/html.ts';
import { cardTable } from '../card-table.ts';
import type { ConsoleAnswer } from '../visit/console-answer.ts';
import { checkField, faultBox, selectField, stateChip, textField } from '../parts.ts';
import type { Visit } from '../visit/visit.ts';

/** A client, as the pages read it. */
export interface ClientView {
  readonly id: string;
  readonly name: string;
  readonly profile: string;
  readonly scopes: readonly string[];
  readonly paused: boolean;
  readonly callsPerSecond: number | null;
  readonly owns: readonly string[];
  readonly createdAt: string;
  readonly createdBy?: string;
  /** In the list alone. */
  readonly credentials?: 'live' | 'soon' | 'none';
}

const profiles = ['auto', 'okta', 'entra', 'strict'];

const scopes = ['scim:read', 'scim:write', 'audit:read', 'admin', 'auth', 'bounces'];

/** All clients, and the form of another. */
export async function list(visit: Visit, refused?: string): Promise<ConsoleAnswer> {
  const { clients } = await visit.call<{ readonly clients: readonly ClientView[] }>('listClients');
  return {
    title: visit.t('clients.title'),
    lead: visit.say('clients.lead'),
    status: refused === undefined ? 200 : 422,
    body: html`${refused !== undefined && faultBox(refused)}
      ${cardTable({
        caption: visit.t('clients.title'),
        columns: ['name', 'state', 'profile', 'scopes', 'made'].map((name) => ({
          head: visit.t(`clients.heads.${name}`),
        })),
        rows: clients.map((client) => [
          html`<a href="${visit.href(`/clients/${client.id}`)}"><bdi>${client.name}</bdi></a>`,
          clientState(visit, client),
          client.profile,
          html`<code dir="ltr">${client.scopes.join(' ')}</code>`,
          html`${visit.date(client.createdAt)}${
            client.createdBy !== undefined && html`<span class="soft"><bdi>${client.createdBy}</bdi></span>`
          }`,
        ]),
      })}
      ${
        visit.may('createClient')
        && html`<section class="spaced" aria-labelledby="new">
        <h2 id="new">${visit.t('clients.new')}</h2>
        ${visit.form(
          '/clients',
          html`${textField({ name: 'name', label: visit.t('clients.heads.name'), value: visit.field('name') })}
            ${profileField(visit, 'auto')}
            <fieldset>
              <legend>${visit.t('clients.heads.scopes')}</legend>
              ${scopes.map((scope) =>
                checkField(
                  'scopes',
                  scope,
                  scope.startsWith('scim:'),
                  visit.t(`clients.scopes.${scope.replace(':', '_')}`),
                  scope,
                ),
              )}
            </fieldset>
            <button>${visit.t('clients.create')}</button>`,
          { className: 'stack' },
        )}
      </section>`
      }`,
  };
}

/** How a client's calls are understood. */
export function profileField(visit: Visit, chosen: string): Html {
  return selectField(
    'profile',
    visit.t('clients.heads.profile'),
    profiles.map((value) => ({ value, text: visit.t(`clients.profiles.${value}`) })),
    chosen,
  );
}

/** Whether a client works, as far as its own page or the list knows of its credentials. */
export function clientState(visit: Visit, { paused, credentials }: ClientView): Html {
  if (paused) return stateChip('late', 'held', visit.t('clients.states.paused'));
  if (credentials === 'none') return stateChip('stop', 'key', visit.t('clients.states.none'));
  if (credentials === 'soon') return stateChip('late', 'expired', visit.t('clients.states.endsSoon'));
  return stateChip('done', 'tick', visit.t('clients.states.working'));
}
