/**
 * Files that `npm test` leaves to the nightly suite, as each takes ten seconds or more and holds what shorter tests
 * hold in the small. `npm test -- <file>` runs each of them.
 */
export const longTests = [
  'test/console/company-in-browser.test.ts',
  'test/console/walks.test.ts',
  'test/journeys/kill-deferred.test.ts',
  'test/journeys/migrate.test.ts',
  'test/journeys/mongo-silent.test.ts',
  'test/journeys/office.test.ts',
  'test/journeys/operator-commands.test.ts',
  'test/journeys/repeated-passwords.test.ts',
  'test/journeys/smtp-answers.test.ts',
  'test/pages/other-pages-in-browser.test.ts',
  'test/store/mongo/crash-points.test.ts',
];
