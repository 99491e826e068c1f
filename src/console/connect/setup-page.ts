import type { Client } from '../../domain/client.ts';
import type { SetupLinks } from '../../clients/setup-links.ts';
import type { RequestLogEntry } from '../../domain/request-log.ts';
import { html, type Html } from '../../page-kit/html.ts';
import { ScimError } from '../../scim/model/scim-error.ts';
import type { ConsolePage } from '../visit/console-answer.ts';
import type { ConsoleSite } from '../console-site.ts';
import { faultBox } from '../parts.ts';
import type { Visit } from '../visit/visit.ts';
import { sourceGuide, tokenNotice } from './guide.ts';
import { sources, type Source } from './sources.ts';
import { panelPart } from './test-panel.ts';

/** What the page works with: it calls no operation, for its visitor has no account. */
export interface SetupPageParts {
  readonly links: SetupLinks;
  /** The newest calls of a tenant since a moment. */
  readonly callsSince: (tenant: string, since: string) => Promise<readonly RequestLogEntry[]>;
}

/**
 * `/console/setup?token=…`: the administrator of a customer's source connects it, without an account; one client and no
 * more.
 */
export function setupPage(site: ConsoleSite, { links, callsSince }: SetupPageParts): void {
  const open = (visit: Visit) => links.open(site.tenant, visit.query('token'));
  const guide = async (visit: Visit, client: Client, token?: string, refused?: string): Promise<ConsolePage> => {
    const source = sourceOf(visit, client);
    const own = { token: visit.query('token'), source: source.id };
    const calls = panelCalls(await callsSince(site.tenant, client.createdAt), client.id);
    return {
      title: visit.t('connect.to', { name: visit.settings.productName }),
      lead: visit.say('connect.setup.lead', { client: client.name }),
      status: refused === undefined ? 200 : 422,
      body: html`${refused !== undefined && faultBox(refused)} ${token !== undefined && tokenNotice(visit)}
        ${sourceChoice(visit, source)}
        ${sourceGuide(
          visit,
          source,
          panelPart(visit, client.id, calls, visit.href('/setup', own)),
          token,
          visit.form(
            '/setup',
            html`<button>${visit.t('connect.setup.makeToken')}</button>
              <p class="hint">${visit.t('connect.setup.tokenHint')}</p>`,
            { query: own },
          ),
        )}`,
    };
  };
  site.open(
    '/setup',
    async (visit) => {
      const opened = await open(visit);
      return opened === undefined ? deadLink(visit) : guide(visit, opened.client);
    },
    async (visit) => {
      const opened = await open(visit);
      if (opened === undefined) return deadLink(visit);
      try {
        const token = await links.makeToken(site.tenant, visit.query('token'));
        return token === undefined ? deadLink(visit) : await guide(visit, opened.client, token);
      } catch (cause) {
        if (!(cause instanceof ScimError) || cause.status >= 500) throw cause;
        return guide(visit, opened.client, undefined, cause.message);
      }
    },
  );
}

/**
 * The calls that the visitor may see: their client's, and of callers that nobody knows no more than that they came, for
 * they may be another's.
 */
export function panelCalls(calls: readonly RequestLogEntry[], client: string): readonly RequestLogEntry[] {
  return calls.flatMap((call) => {
    if (call.client?.id === client) return [call];
    if (call.client !== undefined) return [];
    const { id, tenant, at, status, outcome } = call;
    return [
      {
        id,
        tenant,
        at,
        status,
        method: '',
        path: '',
        ...(outcome === undefined ? {} : { outcome }),
      } as RequestLogEntry,
    ];
  });
}

function sourceOf(visit: Visit, { profile }: Client): Source {
  const asked = sources.find(({ id }) => id === visit.query('source'));
  return asked ?? sources.find((one) => one.profile === profile) ?? sources.at(-1)!;
}

function sourceChoice(visit: Visit, chosen: Source): Html {
  return html`<nav aria-label="${visit.t('connect.setup.sources')}">
    <ul class="chips">
      ${sources.map(
        ({ id, name }) =>
          html`<li><a href="${visit.href('/setup', {
            token: visit.query('token'),
            source: id,
          })}"${id === chosen.id && html` aria-current="true"`}>${name}</a></li>`,
      )}
    </ul>
  </nav>`;
}

function deadLink(visit: Visit): ConsolePage {
  return {
    title: visit.t('connect.setup.dead.title'),
    lead: visit.say('connect.setup.dead.text'),
    status: 410,
    body: html``,
  };
}
