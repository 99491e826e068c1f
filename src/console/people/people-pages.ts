import type { ConsoleSite } from '../console-site.ts';
import { actionPages } from './action-page.ts';
import { addPersonPage } from './add-person-page.ts';
import { bulkPages } from './bulk-pages.ts';
import { deletedPage } from './deleted-page.ts';
import { erasePage } from './erase-page.ts';
import { exportPerson } from './export-person.ts';
import { messageFrame } from './message-part.ts';
import { peoplePage } from './people-page.ts';
import { personPage } from './person-page.ts';

/** All pages about people. Those with a word in the place of the id come before the person's own. */
export function peoplePages(site: ConsoleSite): void {
  peoplePage(site);
  addPersonPage(site);
  bulkPages(site);
  deletedPage(site);
  actionPages(site);
  erasePage(site);
  exportPerson(site);
  personPage(site);
  messageFrame(site);
}
