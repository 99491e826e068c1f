import { OidcFault } from '../../administrators/oidc/oidc-provider.ts';
import { callbackPath } from '../../administrators/oidc/company-sign-in.ts';
import { html } from '../../page-kit/html.ts';
import type { ConsoleAnswer, ConsolePage } from '../visit/console-answer.ts';
import { ConsoleCookie } from '../console-cookie.ts';
import type { ConsoleSite } from '../console-site.ts';
import type { Visit } from '../visit/visit.ts';
import { companyButton } from './company-button.ts';
import { keepSession } from './keep-session.ts';
import { ownAddress, nextOf } from './sign-in-pages.ts';
import type { CompanyPurpose, CompanyReturn } from '../../administrators/oidc/company-purpose.ts';

/** How long a browser is known to the ways that it began. */
const cookieMs = 15 * 60_000;

/** What is told of a way back that ended without a session, and with which status. */
const statuses: Readonly<Record<string, number>> = {
  noRole: 403,
  noAddress: 403,
  taken: 409,
  otherPerson: 403,
  stale: 400,
  denied: 403,
  unreachable: 503,
  refused: 403,
};

/**
 * `/console/sign-in/oidc`: the way in through the company's identity provider; `…/callback`, the way back; `…/left`,
 * after signing out.
 */
export function companyPages(site: ConsoleSite): void {
  const { company, tenant } = site;
  site.open(
    '/sign-in/oidc',
    (visit) => {
      const button = companyButton(site, visit, nextOf(visit));
      return button === false
        ? trouble(site, visit, 'off', 404)
        : { title: visit.t('signIn.title'), body: html`${button} ${otherWay(visit)}` };
    },
    (visit) =>
      company.nameOf(tenant) === undefined
        ? trouble(site, visit, 'off', 404)
        : goToCompany(site, visit, { kind: 'signIn', next: nextOf(visit) }),
  );
  site.open(callbackPath, async (visit) => {
    const [browser] = cookieOf(site).read(visit.request);
    const query = new URLSearchParams(visit.request.url.split('?', 2)[1] ?? '');
    return arrived(site, visit, await company.finish(tenant, browser, query, site.placeOf(visit)));
  });
  site.open('/sign-in/oidc/left', async (visit) => {
    const url = await company.signOutUrl(tenant);
    const name = company.nameOf(tenant);
    return {
      title: visit.t('signIn.company.leftTitle'),
      lead: visit.say('signIn.company.left', { name: name ?? '' }),
      body: html`${
        url !== undefined
        && html`<p><a class="button"
          href="${url.href}">${visit.t('signIn.company.signOut', { name: name ?? '' })}</a></p>`
      }
      ${otherWay(visit)}`,
    };
  });
}

/**
 * Sends the browser to the provider, by a page of ours: a form's own answer must not lead to another site (CSP
 * `form-action`).
 */
export async function goToCompany(site: ConsoleSite, visit: Visit, purpose: CompanyPurpose): Promise<ConsoleAnswer> {
  const cookie = cookieOf(site);
  const [known] = cookie.read(visit.request);
  const browser = known !== undefined && /^[\w-]{43}$/.test(known) ? known : site.company.newBrowser();
  const tenant = purpose.kind === 'signIn' ? site.tenant : purpose.by.administrator.tenant;
  const url = await site.company.begin(tenant, browser, purpose);
  if (url instanceof OidcFault) return trouble(site, visit, url.kind, statuses[url.kind] ?? 403);
  cookie.set(visit.response, browser);
  return onward(visit, url.href, visit.t('signIn.company.away', { name: site.company.nameOf(tenant) ?? '' }));
}

function arrived(site: ConsoleSite, visit: Visit, came: CompanyReturn): ConsoleAnswer {
  if (came.outcome === 'signedIn' && came.step.outcome === 'done') {
    keepSession(site, visit, came.step);
    return onward(visit, ownAddress(visit, came.next), visit.t('signIn.company.back'));
  }
  if (came.outcome === 'confirmed' || came.outcome === 'linked')
    return onward(visit, ownAddress(visit, came.next), visit.t('signIn.company.back'));
  return trouble(site, visit, came.outcome, statuses[came.outcome] ?? 403);
}

/**
 * A page of ours that leads on by itself: the session's cookie goes along with what one of our own pages asks for, and
 * not with what another site has sent the browser to (SameSite).
 */
function onward(visit: Visit, address: string, title: string): ConsolePage {
  visit.response.set('Refresh', `0; url=${address}`);
  return { title, body: html`<p><a class="button" href="${address}">${visit.t('signIn.company.onward')}</a></p>` };
}

/** Why the way through the provider ended here, and what to do. */
function trouble(site: ConsoleSite, visit: Visit, outcome: string, status: number): ConsolePage {
  if (status === 503) visit.response.set('Retry-After', '60');
  return {
    title: visit.t('signIn.company.trouble'),
    lead: visit.say(`signIn.company.${outcome}`, { name: site.company.nameOf(site.tenant) ?? '' }),
    status,
    body: otherWay(visit),
  };
}

function otherWay(visit: Visit) {
  return html`<p><a class="button quiet" href="${visit.href('/sign-in')}">${visit.t('signIn.company.other')}</a></p>`;
}

/** Comes along when the provider sends the browser back: a top-level GET from another site. */
function cookieOf(site: ConsoleSite): ConsoleCookie {
  return new ConsoleCookie(site.secure, { name: 'latchkey-company', sameSite: 'lax', maxAge: cookieMs });
}
