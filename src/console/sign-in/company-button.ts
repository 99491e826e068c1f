import { html, type Html } from '../../page-kit/html.ts';
import type { ConsoleSite } from '../console-site.ts';
import type { Visit } from '../visit/visit.ts';

/** The button that leads to the company's identity provider; nothing where the tenant has none. */
export function companyButton(site: ConsoleSite, visit: Visit, next: string): Html | false {
  const name = site.company.nameOf(site.tenant);
  return (
    name !== undefined
    && visit.hasPage('/sign-in/oidc')
    && visit.form('/sign-in/oidc', html`<p><button>${visit.t('signIn.company.button', { name })}</button></p>`, {
      className: 'stack',
      query: { next },
    })
  );
}
