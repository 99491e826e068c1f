// npm run test:nightly: the tests that `npm test` leaves out as too long, and those whose size is a setting, in the
// sizes that the product promises. Any of the settings may be given another value.
import { spawnSync } from 'node:child_process';
import { longTests } from './long-tests.js';

const sizes = {
  JOURNEYS: 'all',
  RETRIES: '10000',
  NIGHTS: '100',
  RACE_WRITERS: '50',
  RACE_SHARE: '200',
  KILL_ROUNDS: '20',
  KILL_CREATES: '500',
  FILTERS: '10000',
  WALKS: '60',
  INVITATIONS: '3000',
  SMTP_ANSWERS: '60',
  OFFICE: '300',
  OFFICE_GUESSES: '180',
  PAGE_LANGUAGES: 'all',
  PROCESSES: '8',
  CONSOLE_LOOKS: 'all',
  IMPORT_PEOPLE: '100000',
  IMPORT_PEOPLE_MONGODB: '1000',
  IMPORT_KILLS: '10',
  AUDIT_EVENTS: '100000',
  AUDIT_FAULTS: '5000',
  SIDE_BY_SIDE: '2,4,8',
  BLOWS: '30',
  FAULT_DAYS: '300',
  FAULTS: 'all',
};
const files = [
  ...longTests,
  'test/contract/*.test.ts',
  'test/history/verify/verify-chain.test.ts',
  'test/console/in-browser.test.ts',
  'test/pages/in-browser.test.ts',
  'test/notify/worker/simulation.test.ts',
  'test/store/mongo/two-processes.test.ts',
  'test/journeys/**/*.test.ts',
  'test/store/mongo/fault-at-each-command.test.ts',
  'test/processes/*.test.ts',
];
const { status } = spawnSync(process.execPath, ['scripts/test.js', ...files], {
  stdio: 'inherit',
  env: { ...sizes, ...process.env },
});
process.exit(status ?? 1);
