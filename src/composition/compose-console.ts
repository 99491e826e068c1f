import { AdministratorRecords } from '../administrators/administrator-records.ts';
import { ConsoleAccess } from '../administrators/console-access.ts';
import { ConsoleSessions } from '../administrators/console-sessions.ts';
import { FirstOwner } from '../administrators/first-owner.ts';
import { SecurityLog } from '../administrators/security-log.ts';
import { OperationCaller } from '../console/call-operation.ts';
import { ConsoleSite } from '../console/console-site.ts';
import { loadConsoleWords } from '../console/console-words.ts';
import { homePage } from '../console/home/home-page.ts';
import { enrolPages } from '../console/sign-in/enrol-pages.ts';
import { signInPages } from '../console/sign-in/sign-in-pages.ts';
import { startPage } from '../console/sign-in/start-page.ts';
import { limitPosts } from '../http/limit-posts.ts';
import type { ApiDocument } from '../operations/api-document.ts';
import type { Operation } from '../operations/operation.ts';
import { packageFile } from '../package-root.ts';
import { SignInLimits } from '../provisioning/access/sign-in-limits.ts';
import { defaultTenant } from './first-start.ts';
import type { Foundation } from './foundation.ts';

/** The people who administer, and how they come in. */
export interface Administration {
  readonly records: AdministratorRecords;
  readonly sessions: ConsoleSessions;
  readonly securityLog: SecurityLog;
  readonly access: ConsoleAccess;
  readonly first: FirstOwner;
}

/** Puts together what console accounts need. */
export function composeAdministration(foundation: Foundation): Administration {
  const { store, clock, secrets } = foundation;
  const { notes } = store;
  const records = new AdministratorRecords(notes);
  const sessions = new ConsoleSessions(notes, clock);
  const securityLog = new SecurityLog(notes, clock);
  const [key] = secrets.derive('console sign-in limits');
  const limits = new SignInLimits(store.tallies, key!);
  return {
    records,
    sessions,
    securityLog,
    access: new ConsoleAccess({ ...foundation, records, sessions, securityLog, limits }),
    first: new FirstOwner({ ...foundation, notes, records, securityLog }),
  };
}

/**
 * Puts together the console. Each area's pages are registered here, one line each.
 * @param operations those that the APIs serve: the console shows the same answers
 */
export function composeConsole(
  foundation: Foundation,
  { access, first }: Administration,
  document: ApiDocument,
  operations: Readonly<Record<string, Operation>>,
): ConsoleSite['router'] {
  const { publicUrl, settingsOf, book, secrets, clock, log } = foundation;
  const [signingKey] = secrets.derive('console');
  const site = new ConsoleSite({
    tenant: defaultTenant,
    isMain: true,
    publicUrl,
    settingsOf,
    locales: book.wordingFor(undefined).locales,
    words: loadConsoleWords(packageFile('locales/console')),
    access,
    operations: new OperationCaller(document, operations),
    signingKey: signingKey!,
    clock,
    report: (error) => log.error({ err: error }, 'a page of the console failed'),
    limit: limitPosts(),
  });
  startPage(site, first);
  signInPages(site);
  enrolPages(site);
  homePage(site);
  site.close();
  return site.router;
}
