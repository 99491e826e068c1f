import type { OpenedStore } from './fixtures.ts';
import { clientsContract } from './clients-contract.ts';
import { eventLogContract, notesInEventLogContract } from './event-log-contract.ts';
import { dueContract } from './due-contract.ts';
import { jobsContract } from './jobs-contract.ts';
import { keysContract } from './keys-contract.ts';
import { mailboxContract } from './mailbox-contract.ts';
import { manyAtOnceContract } from './many-at-once-contract.ts';
import { membershipsContract } from './memberships-contract.ts';
import { notesContract } from './notes-contract.ts';
import { outboxContract } from './outbox-contract.ts';
import { overdueContract } from './overdue-contract.ts';
import { queriesContract } from './queries-contract.ts';
import { randomFiltersContract } from './random-filters-contract.ts';
import { randomWalksContract } from './random-walks-contract.ts';
import { reindexingContract } from './reindexing-contract.ts';
import { requestLogContract } from './request-log-contract.ts';
import { resourcesContract } from './resources-contract.ts';
import { tenantDataContract } from './tenant-data-contract.ts';
import { talliesContract } from './tallies-contract.ts';
import { textPagesContract } from './text-pages-contract.ts';
import { usersNowContract } from './users-now-contract.ts';

export type { OpenedStore } from './fixtures.ts';

/** How much chance tries; `FILTERS` and `WALKS` say otherwise. */
export interface ContractSize {
  readonly filters: number;
  readonly walks: number;
}

/**
 * What every store must do, whichever database is behind it.
 * @param name what the tests are listed under
 * @param open opens an empty store once, before the first test
 */
export function storeContract(
  name: string,
  open: () => Promise<OpenedStore>,
  { filters, walks }: ContractSize = { filters: 400, walks: 6 },
): void {
  describe(`store contract: ${name}`, () => {
    let opened: OpenedStore | undefined;
    const store = () => {
      if (opened === undefined) throw new Error('the store is not open');
      return opened.store;
    };

    before(async function () {
      this.timeout(120_000);
      opened = await open();
    });
    afterEach(async () => {
      await opened?.wipe();
    });
    after(async () => {
      await opened?.close();
    });

    resourcesContract(store);
    manyAtOnceContract(store);
    queriesContract(store);
    keysContract(store);
    randomFiltersContract(store, filters);
    randomWalksContract(store, walks);
    membershipsContract(store);
    dueContract(store);
    outboxContract(store);
    mailboxContract(store);
    clientsContract(store);
    requestLogContract(store);
    talliesContract(store);
    usersNowContract(store);
    notesContract(store);
    eventLogContract(() => store().events);
    notesInEventLogContract(store);
    jobsContract(store);
    tenantDataContract(store);
    overdueContract(store);
    reindexingContract(store);
    textPagesContract(store);
  });
}
