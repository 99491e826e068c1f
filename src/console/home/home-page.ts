import { html } from '../../page-kit/html.ts';
import type { ConsoleSite } from '../console-site.ts';

/** `/console`: what needs a human, and how things are. */
export function homePage(site: ConsoleSite): void {
  site.page('/', { section: 'home' }, (visit) => ({
    title: visit.t('shell.nav.home'),
    lead: visit.say('home.welcome', { name: visit.me.administrator.name }),
    section: 'home',
    body: html``,
  }));
}
