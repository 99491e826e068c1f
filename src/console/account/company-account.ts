import { html, type Html } from '../../page-kit/html.ts';
import type { ConsoleSite } from '../console-site.ts';
import { goToCompany } from '../sign-in/company-pages.ts';
import type { Visit } from '../visit/visit.ts';

/**
 * One's own account is connected with an identity of the company's provider, by going there from a session, and
 * disconnected again. A mail address alone connects nothing.
 */
export function companyAccountPages(site: ConsoleSite): void {
  site.act('/account/company', { fresh: true }, (visit) =>
    goToCompany(site, visit, { kind: 'link', next: visit.href('/account'), by: visit.me }),
  );
  site.act('/account/company/remove', { fresh: true }, async (visit) => {
    const isRemoved = await site.company.accounts.unlink(visit.me.administrator);
    return visit.goOn(
      '/account',
      isRemoved ? { key: 'account.companyRemoved' } : { key: 'account.companyKept', tone: 'late' },
    );
  });
}

/** Whether the account is connected, and the button that changes it; nothing where the tenant has no provider. */
export function companyPart(site: ConsoleSite, visit: Visit): Html | false {
  const { oidc, tenant, passwordHash } = visit.me.administrator;
  const name = site.company.nameOf(tenant);
  // The identity belongs to the tenant of the account, and is connected there.
  if (name === undefined || tenant !== site.tenant) return false;
  const [text, path, button] =
    oidc === undefined
      ? (['account.companyOff', '/account/company', 'account.companyConnect'] as const)
      : (['account.companyOn', '/account/company/remove', 'account.companyRemove'] as const);
  return html`<h2 class="spaced">${visit.t('account.company')}</h2>
    <p>${visit.say(text, { name })}</p>
    ${
      (oidc === undefined || passwordHash !== undefined)
      && visit.form(path, html`<p><button class="quiet">${visit.t(button, { name })}</button></p>`)
    }`;
}
