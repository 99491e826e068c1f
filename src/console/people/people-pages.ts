import type { ConsoleSite } from '../console-site.ts';
import { actionPages } from './action-page.ts';
import { addPersonPage } from './add-person-page.ts';
import { deletedPage } from './deleted-page.ts';
import { messageFrame } from './message-part.ts';
import { peoplePage } from './people-page.ts';
import { personPage } from './person-page.ts';

/** All pages about people. Those with a word in the place of the id come before the person's own. */
export function peoplePages(site: ConsoleSite): void {
  peoplePage(site);
  addPersonPage(site);
  deletedPage(site);
  actionPages(site);
  personPage(site);
  messageFrame(site);
}
