import type { Command } from 'commander';
import { calledAs } from './called-as.ts';

/** Command lines as people type them, without the program's name, and what each does where that is not plain. */
export const examples: readonly (readonly [line: string, about?: string])[] = [
  ['serve', 'serves at http://127.0.0.1:8080'],
  ['worker', 'sends mail beside servers that have LATCHKEY_WORKER=off'],
  ['check', 'is everything in order?'],
  ['config'],
  ['config --json'],
  ['backup /backup/latchkey.db'],
  ['clients list'],
  ['clients add okta --profile okta', 'shows its token, this once'],
  ['clients add hr --scopes admin', 'may import people'],
  ['clients pause okta'],
  ['clients resume okta'],
  ['clients remove okta'],
  ['credentials list okta'],
  ['credentials add okta --kind secret', 'an OAuth 2.0 client secret'],
  ['credentials rotate okta'],
  ['credentials revoke okta CREDENTIAL'],
  ['users list'],
  [`users list --filter 'userName sw "ines"'`],
  ['users show ines@example.com', 'how far she is, and each message to her'],
  ['users create ines@example.com --name "Ines Okoro"', 'invites her'],
  ['users create ines@example.com --send', 'mails a generated password'],
  ['users create ines@example.com --dry-run', 'only tells what would happen'],
  ['users invite ines@example.com'],
  ['users resend ines@example.com'],
  ['users cancel ines@example.com'],
  ['users unlock ines@example.com'],
  ['users verify-email ines@example.com'],
  ['users deactivate ines@example.com --dry-run'],
  ['users deactivate ines@example.com'],
  ['users reactivate ines@example.com'],
  ['users restore USER_ID'],
  ['users erase ines@example.com --dry-run'],
  ['users erase ines@example.com --yes'],
  ['users extend ines@example.com --until 2031-05-06T17:00:00Z'],
  ['users reset ines@example.com', 'mails a generated password'],
  ['users reset ines@example.com --no-send', 'shows it, this once'],
  ['users address ines@example.com ines.okoro@example.com'],
  ['outbox list', 'messages that were given up'],
  ['outbox list --state queued'],
  ['outbox requeue --state dead --reason "mailbox full"'],
  ['requeue --state dead', 'the same as outbox requeue'],
  [`scim get 'Users?count=2'`],
  [`scim search Users 'userName eq "ines@example.com"'`],
  ['scim post Users ines.json'],
  ['scim put Users/USER_ID ines.json'],
  ['scim patch Users/USER_ID patch.json --dry-run'],
  ['scim delete Users/USER_ID'],
  ['scim replay REQUEST_ID', 'what a call of the request log would come to now; nothing is written'],
  ['api GET /admin/v1/requests', 'the request log'],
  ['api PATCH /admin/v1/settings settings.json'],
  ['tenants list'],
  ['tenants add acme --name "Acme Ltd"'],
  ['tenants suspend acme'],
  ['tenants resume acme'],
  ['tenants erase acme --yes-erase acme'],
  ['keys list'],
  ['keys rotate'],
  ['import people.csv --dry-run', 'what would happen, and nothing else'],
  ['import people.csv', 'the plan, then questions, then the run'],
  ['import people.csv --yes', 'the same without questions'],
  ['import people.csv --full', 'people missing from the file are deactivated'],
  ['import list'],
  ['import show BATCH'],
  ['import resume BATCH'],
  ['import cancel BATCH'],
  ['import undo BATCH'],
  ['import errors BATCH > mend.csv', 'the refused rows, to mend and import again'],
  ['import template > people.csv', 'a file with every heading, to begin with'],
  ['settings show'],
  ['settings get onboarding.expiryMinutes.emailLink'],
  ['settings set productName Harbour'],
  ['settings set onboarding.expiryMinutes.emailLink 2880'],
  ['settings unset productName'],
  ['settings apply changes.json --tenant acme'],
  ['administrators list'],
  ['administrators invite ana@example.com --name "Ana Okoro" --role helpdesk'],
  ['administrators invite-again ana@example.com'],
  ['administrators role ana@example.com auditor'],
  ['administrators remove ana@example.com'],
  ['administrators reset-second-factor ana@example.com'],
  ['administrators sessions ana@example.com'],
  ['administrators sign-out ana@example.com'],
  ['export --output everything.jsonl'],
  ['export --tenant acme > acme.jsonl'],
  ['export --person ines@example.com --output ines.jsonl'],
  ['mail preview invitation --locale de --output invitation.html'],
  ['mail send-test ana@example.com'],
  ['preview invitation', 'the same as mail preview'],
  ['migrate --from sqlite --to mongo'],
  ['audit verify'],
  ['audit verify --checkpoint checkpoints.txt'],
  ['audit export --output audit.jsonl'],
  ['audit verify --export audit.jsonl --key keys.txt', 'needs no server and no store'],
  ['completion bash', 'source <(latchkey completion bash)'],
];

/** Those that the program itself shows. */
const firstExamples: readonly string[] = [
  'serve',
  'check',
  'users create ines@example.com --name "Ines Okoro"',
  'users show ines@example.com',
  'import people.csv --dry-run',
];

const places = `
Commands speak to the server at LATCHKEY_URL (with LATCHKEY_TOKEN, of a client with the scope admin), else to the one
that runs on LATCHKEY_DATA_DIR, else they work on the store themselves. All variables: docs/configuration.md.
Standard output is text on a terminal and JSON elsewhere; --json asks for JSON. Exit codes: 0 done, 1 failed; more are
told by the help of the command. Shell completion: ${calledAs()} completion --help.`;

/** Adds to the help of a program and of each command the examples of it. */
export function addExamples(program: Command): void {
  program.addHelpText('after', `\n${listOf(examples.filter(([line]) => firstExamples.includes(line)))}\n${places}`);
  for (const command of program.commands) addTo(command, []);
}

function addTo(command: Command, above: readonly string[]): void {
  const path = [...above, command.name()];
  const words = path.join(' ');
  const own = examples.filter(([line]) => line === words || line.startsWith(`${words} `));
  if (own.length > 0) command.addHelpText('after', `\n${listOf(own)}`);
  for (const one of command.commands) addTo(one, path);
}

function listOf(lines: typeof examples): string {
  const width = Math.max(...lines.filter(([, about]) => about !== undefined).map(([line]) => line.length), 0);
  const shown = lines.map(([line, about]) => (about === undefined ? line : `${line.padEnd(width)}   # ${about}`));
  return ['Examples:', ...shown.map((line) => `  ${calledAs()} ${line}`)].join('\n');
}
