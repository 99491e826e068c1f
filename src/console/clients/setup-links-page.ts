import { html, type Html } from '../../page-kit/html.ts';
import { cardTable } from '../card-table.ts';
import type { ConsoleAnswer } from '../visit/console-answer.ts';
import type { ConsoleSite } from '../console-site.ts';
import { copyField, faultBox, noticeBox, stateChip, textField } from '../parts.ts';
import type { Visit } from '../visit/visit.ts';

type LinkView = {
  readonly id: string;
  readonly state: 'live' | 'expired' | 'revoked';
  readonly createdAt: string;
  readonly createdBy: string;
  readonly expiresAt: string;
  readonly lastUsedAt?: string;
  readonly credentials: readonly string[];
  readonly url?: string;
};

/** `/console/clients/{id}/setup-links`: links by which somebody without an account connects this one client. */
export function setupLinksPage(site: ConsoleSite): void {
  const path = '/clients/:id/setup-links';
  site.page(path, { section: 'clients', operations: ['listSetupLinks'] }, (visit) => page(visit));
  site.act(path, { section: 'clients', operations: ['createSetupLink'], fresh: true, once: true }, async (visit) => {
    const made = await visit.attempt<LinkView>('createSetupLink', {
      params: { id: visit.param('id') },
      body: { days: Number(visit.field('days')) },
    });
    return 'refused' in made ? page(visit, { refused: made.refused }) : page(visit, { made: made.view });
  });
  site.act(`${path}/:link/revoke`, { section: 'clients', operations: ['revokeSetupLink'] }, async (visit) => {
    const params = { id: visit.param('id'), link: visit.param('link') };
    const done = await visit.attempt('revokeSetupLink', { params });
    return 'refused' in done
      ? page(visit, { refused: done.refused })
      : visit.goOn(`/clients/${params.id}/setup-links`, { key: 'clients.setupLinks.revoked' });
  });
}

async function page(
  visit: Visit,
  { refused, made }: { readonly refused?: string; readonly made?: LinkView } = {},
): Promise<ConsoleAnswer> {
  const id = visit.param('id');
  const [client, { links }] = await Promise.all([
    visit.call<{ readonly name: string }>('getClient', { params: { id } }),
    visit.call<{ readonly links: readonly LinkView[] }>('listSetupLinks', { params: { id } }),
  ]);
  return {
    title: visit.t('clients.setupLinks.title'),
    lead: visit.say('clients.setupLinks.lead', { client: client.name }),
    crumbs: [
      { href: visit.href('/clients'), text: visit.t('clients.title') },
      { href: visit.href(`/clients/${id}`), text: client.name },
    ],
    status: refused === undefined ? 200 : 422,
    body: html`${refused !== undefined && faultBox(refused)}
      ${
        made?.url !== undefined
        && html`${noticeBox('late', html`<p>${visit.t('clients.setupLinks.once')}</p>`, 'status')}
          ${copyField(visit, made.url, visit.t('clients.setupLinks.link'))}`
      }
      ${
        visit.may('createSetupLink')
        && visit.form(
          `/clients/${id}/setup-links`,
          html`${textField({
            name: 'days',
            label: visit.t('clients.setupLinks.days'),
            type: 'number',
            min: 1,
            max: 30,
            value: '7',
          })}
            <p><button${made !== undefined && html` class="quiet"`}>${visit.t('clients.setupLinks.make')}</button></p>`,
          { className: 'stack spaced' },
        )
      }
      <section aria-labelledby="links">
        <h2 id="links">${visit.t('clients.setupLinks.made')}</h2>
        ${
          links.length === 0 ? html`<p class="soft">${visit.t('clients.setupLinks.none')}</p>` : table(visit, id, links)
        }
      </section>`,
  };
}

function table(visit: Visit, client: string, links: readonly LinkView[]): Html {
  return cardTable({
    caption: visit.t('clients.setupLinks.made'),
    columns: [
      ...['made', 'state', 'end', 'used', 'tokens'].map((head) => ({
        head: visit.t(`clients.setupLinks.heads.${head}`),
      })),
      { head: visit.t('clients.revoke'), unseen: true },
    ],
    rows: links.map(({ id, state, createdAt, createdBy, expiresAt, lastUsedAt, credentials }) => [
      html`${visit.date(createdAt)}<span class="soft"><bdi>${createdBy}</bdi></span>`,
      state === 'live'
        ? stateChip('done', 'tick', visit.t('clients.states.live'))
        : stateChip('wait', 'cross', visit.t(`clients.states.${state}`)),
      visit.date(expiresAt),
      lastUsedAt === undefined
        ? html`<span class="soft">${visit.t('clients.neverUsed')}</span>`
        : visit.ago(lastUsedAt),
      visit.number(credentials.length),
      state === 'live'
        && visit.may('revokeSetupLink')
        && visit.form(
          `/clients/${client}/setup-links/${id}/revoke`,
          html`<button class="danger low">${visit.t('clients.revoke')}<span class="unseen">: ${id}</span></button>`,
        ),
    ]),
  });
}
