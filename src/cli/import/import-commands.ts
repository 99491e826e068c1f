import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Json } from '../../base/json.ts';
import { systemFault } from '../../text/system-fault.ts';
import { encodings } from '../../imports/file/detect-encoding.ts';
import type { Approval } from '../../imports/batch/approval.ts';
import { templateFile } from '../../imports/batch/errors-file.ts';
import type { ImportOptions } from '../../imports/batch/import-batch.ts';
import type { ImportView } from '../../imports/batch/import-view.ts';
import type { ApiCommandParts, ApiCommandTools } from '../api-command.ts';
import { createOutput, listAt, type Output, type OutputOptions } from '../output.ts';
import { readJsonFile } from '../read-input.ts';
import { UsageError } from '../usage-error.ts';
import { apiImports } from './api-imports.ts';
import { followImport } from './follow-import.ts';
import type { ImportTransport } from './import-transport.ts';
import { showImports, showPlan, showResult } from './show-import.ts';
import { calledAs } from '../called-as.ts';

interface ImportFlags extends OutputOptions, Partial<Omit<ImportOptions, 'mapping'>> {
  readonly tenant?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly mapping?: string;
  readonly deactivate?: number;
}

/** What the commands are made with. */
type ImportCommandTools = ApiCommandTools & Pick<ApiCommandParts, 'guarded'>;

/** What a script can tell apart. */
const exitCodes = { someRefused: 2, notApproved: 3, stopped: 4 } as const;

const latchkey = calledAs();
const exitCodesTold = `
Exit codes: 0 done, 1 failed, 2 done but some rows were refused, 3 nothing was approved, 4 paused.`;

/** Adds `latchkey import` to the program. */
export function addImportCommands(program: Command, { apiCommand, guarded }: ImportCommandTools): void {
  const command = program
    .command('import')
    .description('import people from CSV, .xlsx, JSON Lines or a SCIM Bulk file: plan, approve, run')
    .argument('[file]', '- is standard input')
    .option('--dry-run', 'show the plan and write nothing')
    .option('--yes', 'answer yes to all questions but that about many deactivations')
    .option('--full', 'the file is complete: people whom imports manage and who are not in it are deactivated')
    .addOption(new Option('--full-scope <who>', 'of whom --full speaks').choices(['own', 'all']))
    .option('--deactivate <number>', 'how many people are deactivated, where the plan asks for it', wholeNumber)
    .option('--canary <number>', 'pause after so many people, to look at them', wholeNumber)
    .option('--per-second <number>', 'people written a second at most', wholeNumber)
    .option('--mapping <file>', 'a JSON file: other headings with ours, or with null to leave a column out')
    .option('--invite', 'invite new people')
    .option('--no-invite', 'send no invitations')
    .option('--webhooks', 'tell webhooks')
    .option('--create-groups', 'make groups that are named and not there')
    .addOption(new Option('--dates <order>', 'how days are written that are not 2031-05-06').choices(['dmy', 'mdy']))
    .addOption(new Option('--encoding <name>', 'where it is not found out rightly').choices(encodings))
    .option('--delimiter <character>', 'where it is not found out rightly; tab for a tab', oneCharacter)
    .addHelpText('after', exitCodesTold);
  apiCommand<ImportFlags, [string | undefined]>(command, async (api, output, flags, file) => {
    if (file === undefined) throw new UsageError(`import takes a file: ${calledAs()} import people.csv`);
    await importFile(apiImports(api), file, flags, output);
  });
  const onBatch = (
    name: string,
    about: string,
    act: (transport: ImportTransport, id: string, output: Output) => Promise<void>,
  ): void => {
    apiCommand<OutputOptions, [string]>(
      command.command(`${name} <batch>`).description(about),
      // Options that both commands have are read by the outer one.
      (api, output, _options, id) =>
        act(apiImports(api), id, command.opts<OutputOptions>().json === true ? createOutput({ json: true }) : output),
    );
  };
  onBatch('undo', 'take back what an import has done, within 7 days', async (transport, id, output) => {
    await transport.undo(id);
    conclude(await follow(transport, id), output);
  });
  onBatch('resume', 'go on with an import that is paused', async (transport, id, output) => {
    await transport.ask(id, 'resume');
    conclude(await follow(transport, id), output);
  });
  onBatch('cancel', 'end an import that is paused or planned', async (transport, id, output) => {
    await transport.ask(id, 'cancel');
    conclude(await follow(transport, id), output);
  });
  onBatch('show', 'show an import and how far it is', async (transport, id, output) => {
    const view = await transport.view(id);
    output.show(jsonOf(view), () => (view.state === 'planned' ? showPlan(view) : showResult(view)));
  });
  apiCommand<OutputOptions & { count: string }, []>(
    command.command('list').description('imports, the newest first').option('--count <number>', 'how many', '20'),
    async (api, _output, { count }) => {
      const { body } = await api.call({ method: 'GET', path: `/admin/v1/imports?count=${encodeURIComponent(count)}` });
      createOutput(command.opts<OutputOptions>()).show(body, () => showImports(listAt(body, 'imports')));
    },
  );
  onBatch('errors', 'print the refused rows, to mend and import again', async (transport, id) => {
    for await (const text of await transport.errors(id)) process.stdout.write(text);
  });
  command
    .command('template')
    .description('print a file with every heading, to begin with')
    .action(
      guarded(async () => {
        for await (const text of templateFile().chunks) process.stdout.write(text);
      }),
    );
}

async function importFile(transport: ImportTransport, file: string, flags: ImportFlags, output: Output): Promise<void> {
  try {
    if (file !== '-' && !statSync(file).isFile()) throw new UsageError(`${file} is not a file`);
  } catch (cause) {
    throw cause instanceof UsageError ? cause : new UsageError(`${file} cannot be read: ${systemFault(cause)}`);
  }
  const planned = await follow(
    transport,
    (await transport.create(file, file === '-' ? 'standard input' : basename(file), optionsOf(flags))).id,
  );
  if (planned.state === 'failed') throw new UsageError(`the file cannot be imported: ${planned.reason ?? ''}`);
  if (flags.dryRun === true || planned.plan === undefined || planned.state !== 'planned') {
    output.show(jsonOf(planned), () => showPlan(planned));
    if (planned.counts.refused > 0) process.exitCode = exitCodes.someRefused;
    return;
  }
  const { created, changed, deactivated, refused } = planned.counts;
  const isNothing = created + changed + deactivated === 0;
  if (!isNothing) output.say(showPlan(planned));
  const approval = isNothing ? undefined : await approve(planned, flags);
  if (approval === undefined) {
    // On a terminal the plan was shown with the questions.
    output.show(jsonOf(planned), () => (isNothing ? `${showPlan(planned)}\nThere is nothing to do.` : ''));
    if (!isNothing) process.stderr.write(`Nothing was written. Answer with --yes${asked(planned)}.\n`);
    process.exitCode = isNothing ? (refused > 0 ? exitCodes.someRefused : 0) : exitCodes.notApproved;
    return;
  }
  await transport.run(planned.id, approval);
  conclude(await follow(transport, planned.id), output);
}

/** @returns undefined where not all is answered */
async function approve(view: ImportView, flags: ImportFlags): Promise<Approval | undefined> {
  const plan = view.plan?.hash ?? '';
  let { invite, deactivate } = flags;
  const isAsking = flags.yes !== true && flags.json !== true && process.stdin.isTTY && process.stdout.isTTY;
  for (const { name, text } of view.questions) {
    if (name === 'invite') invite ??= flags.yes === true ? true : isAsking ? await yes(text) : undefined;
    else if (deactivate === undefined && isAsking) deactivate = Number(await answerTo(`${text} `));
  }
  const open = view.questions.some(
    (question) =>
      (question.name === 'invite' && invite === undefined)
      || (question.name === 'deactivate' && deactivate !== question.count),
  );
  if (open || !(flags.yes === true || (isAsking && (await yes('Run this plan?'))))) return undefined;
  return { plan, ...(invite === undefined ? {} : { invite }), ...(deactivate === undefined ? {} : { deactivate }) };
}

function asked({ questions }: ImportView): string {
  const many = questions.find((question) => question.name === 'deactivate');
  return many?.name === 'deactivate' ? ` --deactivate ${many.count}` : '';
}

async function yes(question: string): Promise<boolean> {
  return /^y(es)?$/i.test(await answerTo(`${question} [y/N] `));
}

async function answerTo(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await lines.question(question)).trim();
  } finally {
    lines.close();
  }
}

function conclude(view: ImportView, output: Output): void {
  output.show(jsonOf(view), () => showResult(view));
  if (view.state === 'failed') process.exitCode = 1;
  else if (view.state === 'planned') process.exitCode = exitCodes.notApproved;
  else if (view.state === 'paused') {
    process.exitCode = exitCodes.stopped;
    process.stderr.write(
      `Go on with: ${latchkey} import resume ${view.id}\nTake it back with: ${latchkey} import cancel `
        + `${view.id} && ${latchkey} import undo ${view.id}\n`,
    );
  } else if (view.state === 'done' && view.counts.refused > 0) process.exitCode = exitCodes.someRefused;
}

/** The counts are at the top level too, where scripts look for them. */
function jsonOf(view: ImportView): Json {
  return { ...view, ...view.counts } as unknown as Json;
}

async function follow(transport: ImportTransport, id: string): Promise<ImportView> {
  let stopped = false;
  const stop = (): void => {
    stopped = true;
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  const terminal = { isTTY: process.stderr.isTTY, write: (text: string) => void process.stderr.write(text) };
  try {
    return await followImport(transport, id, terminal, () => stopped);
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}

function optionsOf({
  tenant,
  dryRun,
  yes: said,
  json,
  deactivate,
  mapping,
  ...options
}: ImportFlags): Partial<ImportOptions> {
  void [tenant, dryRun, said, json, deactivate];
  return { ...options, ...(mapping === undefined ? {} : { mapping: mappingIn(mapping) }) };
}

function mappingIn(file: string): ImportOptions['mapping'] {
  const mapping = readJsonFile(file);
  const isMapping =
    typeof mapping === 'object'
    && mapping !== null
    && Object.values(mapping).every((to) => to === null || typeof to === 'string');
  if (!isMapping) throw new UsageError(`--mapping ${file}: it must be an object of texts and nulls`);
  return mapping as ImportOptions['mapping'];
}

function wholeNumber(text: string): number {
  if (!/^\d{1,7}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

function oneCharacter(text: string): string {
  if (text.toLowerCase() === 'tab') return '\t';
  if ([...text].length !== 1) throw new InvalidArgumentError('It must be one character, such as ";".');
  return text;
}
