// Part of npm run coverage, after c8: reads coverage/lcov.info and fails where fewer branches than promised are
// tested in the rooms that are pure. Names the files with what is missing, worst first.
import { readFileSync } from 'node:fs';

/** Rules without a store, a clock or a network: what they say depends on what they are given alone. */
const pureRules = [
  'src/notify/delivery/',
  'src/notify/pacing/',
  'src/provisioning/first-key/due-at.ts',
  'src/provisioning/first-key/first-key-request.ts',
  'src/provisioning/first-key/follow-address.ts',
  'src/provisioning/first-key/follow-method.ts',
  'src/provisioning/first-key/invitation-code.ts',
  'src/provisioning/first-key/invitations.ts',
  'src/provisioning/first-key/keep-password.ts',
  'src/provisioning/first-key/key-address.ts',
  'src/provisioning/first-key/key-progress.ts',
  'src/provisioning/first-key/key-wish.ts',
  'src/provisioning/first-key/mailed-password.ts',
  'src/provisioning/first-key/onboarding.ts',
  'src/provisioning/first-key/resend-key.ts',
  'src/provisioning/first-key/way-back.ts',
  'src/provisioning/first-key/withheld.ts',
  'src/provisioning/messages/follow-delivery.ts',
  'src/provisioning/messages/judge-delivery.ts',
  'src/provisioning/messages/judge-visit.ts',
  'src/provisioning/messages/sending-hours.ts',
  'src/provisioning/records/changes-of.ts',
  'src/provisioning/records/find-keys.ts',
  'src/provisioning/records/lookup-keys.ts',
  'src/provisioning/records/origin.ts',
  'src/provisioning/records/write-refusals.ts',
  'src/provisioning/resources/change-planner.ts',
  'src/provisioning/user/account-lock.ts',
  'src/provisioning/user/arrival.ts',
  'src/provisioning/user/event-policy.ts',
  'src/provisioning/user/first-key-address.ts',
  'src/provisioning/user/forced-change.ts',
  'src/provisioning/user/keep-active.ts',
  'src/provisioning/user/latchkey-extension.ts',
  'src/provisioning/user/needs-proof.ts',
  'src/provisioning/user/person.ts',
  'src/provisioning/user/phone-number.ts',
  'src/provisioning/user/plain-user-name.ts',
  'src/provisioning/user/timeline.ts',
  'src/provisioning/user/undeliverable.ts',
];

/** Percent of branches. */
const gates = [
  { name: 'src/scim', parts: ['src/scim/'], least: 95 },
  { name: 'the pure rules', parts: pureRules, least: 93 },
];

/** Branches of each file, and those of them that a test took. */
function branchesIn(lcov) {
  const files = new Map();
  let branches = { all: 0, taken: 0 };
  for (const line of lcov.split('\n')) {
    if (line.startsWith('SF:')) {
      branches = { all: 0, taken: 0 };
      files.set(line.slice(3).replaceAll('\\', '/'), branches);
    } else if (line.startsWith('BRDA:')) {
      branches.all += 1;
      if (!/,(?:0|-)$/.test(line)) branches.taken += 1;
    }
  }
  return files;
}

const files = branchesIn(readFileSync(process.argv[2] ?? 'coverage/lcov.info', 'utf8'));
for (const { name, parts, least } of gates) {
  const unknown = parts.filter((part) => ![...files.keys()].some((file) => file.startsWith(part)));
  const within = [...files].filter(([file]) => parts.some((part) => file.startsWith(part)));
  const sum = (key) => within.reduce((total, [, branches]) => total + branches[key], 0);
  const percent = (100 * sum('taken')) / sum('all');
  console.log(`Branches of ${name}: ${percent.toFixed(2)} % (${sum('taken')}/${sum('all')}), at least ${least} %.`);
  if (unknown.length > 0) {
    console.error(`The coverage does not name ${unknown.join(', ')}: was it moved? See scripts/check-coverage.js.`);
    process.exitCode = 1;
  }
  if (percent >= least) continue;
  process.exitCode = 1;
  const missing = within
    .map(([file, { all, taken }]) => ({ file, count: all - taken, all }))
    .filter(({ count }) => count > 0)
    .sort((one, other) => other.count - one.count);
  for (const { file, count, all } of missing) console.error(`  ${file}: ${count} of ${all} are not tested`);
}
