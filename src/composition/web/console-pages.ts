import { administratorPage } from '../../console/administrators/administrator-page.ts';
import { administratorsPage } from '../../console/administrators/administrators-page.ts';
import { securityLogPage } from '../../console/administrators/security-log-page.ts';
import { groupPages } from '../../console/groups/group-pages.ts';
import { previewPage } from '../../console/clients/preview-page.ts';
import { clientPages } from '../../console/clients/client-pages.ts';
import { deliveryPages } from '../../console/deliveries/delivery-pages.ts';
import { webhookPages } from '../../console/webhooks/webhook-pages.ts';
import { importPages } from '../../console/imports/import-pages.ts';
import { requestPages } from '../../console/requests/request-pages.ts';
import { bulkPages } from '../../console/bulk/bulk-pages.ts';
import { erasePage } from '../../console/erasure/erase-page.ts';
import { exportPerson } from '../../console/erasure/export-person.ts';
import { peoplePages } from '../../console/people/people-pages.ts';
import { accountPage } from '../../console/account/account-page.ts';
import { connectPage } from '../../console/connect/connect-page.ts';
import { setupLinksPage } from '../../console/clients/setup-links-page.ts';
import { setupPage, type SetupPageParts } from '../../console/connect/setup-page.ts';
import { messagePages } from '../../console/messages/message-pages.ts';
import { welcomePage } from '../../console/home/welcome-page.ts';
import { auditPage } from '../../console/audit/audit-page.ts';
import { companySignInPage } from '../../console/settings/company-sign-in-page.ts';
import { secretsPage } from '../../console/settings/secrets-page.ts';
import { settingsPage } from '../../console/settings/settings-page.ts';
import { tenantsPage } from '../../console/tenants/tenants-page.ts';
import { homePage } from '../../console/home/home-page.ts';
import { companyPages } from '../../console/sign-in/company-pages.ts';
import { confirmPage } from '../../console/sign-in/confirm-page.ts';
import { enrolPages } from '../../console/sign-in/enrol-pages.ts';
import { forgotPage } from '../../console/sign-in/forgot-page.ts';
import { joinPage } from '../../console/sign-in/join-page.ts';
import { signInPages } from '../../console/sign-in/sign-in-pages.ts';
import { startPage } from '../../console/sign-in/start-page.ts';
import type { ConsoleSite } from '../../console/console-site.ts';
import type { AdministratorActions } from '../../administrators/administrator-actions.ts';
import type { ConsoleSessions } from '../../administrators/console-sessions.ts';
import type { FirstOwner } from '../../administrators/first-owner.ts';

/** What the pages of the sign-in work with; all others call operations. */
export interface ConsolePageParts {
  readonly first: FirstOwner;
  readonly actions: AdministratorActions;
  readonly sessions: ConsoleSessions;
  readonly setup: SetupPageParts;
}

/** Registers every page of the console: each area's, one line each. */
export function consolePages(site: ConsoleSite, { first, actions, sessions, setup }: ConsolePageParts): void {
  startPage(site, first);
  signInPages(site);
  companyPages(site);
  confirmPage(site);
  enrolPages(site);
  joinPage(site, actions);
  forgotPage(site, actions);
  homePage(site);
  welcomePage(site);
  bulkPages(site);
  erasePage(site);
  exportPerson(site);
  peoplePages(site);
  groupPages(site);
  requestPages(site);
  importPages(site);
  deliveryPages(site);
  webhookPages(site);
  clientPages(site);
  previewPage(site);
  administratorsPage(site);
  administratorPage(site);
  securityLogPage(site);
  connectPage(site);
  setupPage(site, setup);
  setupLinksPage(site);
  messagePages(site);
  settingsPage(site);
  companySignInPage(site);
  secretsPage(site);
  tenantsPage(site);
  auditPage(site);
  accountPage(site, sessions);
  site.close();
}
