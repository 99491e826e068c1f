import {
  closeSync,
  createReadStream,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  writeFileSync,
} from 'node:fs';
import { createInterface } from 'node:readline';
import { type Command, Option } from 'commander';
import { ConfigError, readConfig } from '../../config/config.ts';
import { type ExportReceipt, exportLines } from '../../history/audit-export.ts';
import { type Checkpoint, CheckpointError, openCheckpoint, readVerifierKey } from '../../history/checkpoint.ts';
import type { ChainHead } from '../../history/chain-entry.ts';
import { notesIn } from './mailed-notes.ts';
import { readFrontier } from '../../history/merkle-frontier.ts';
import { verifyStored } from '../../history/verify/verify-stored.ts';
import { verifyExport } from '../../history/verify/verify-export.ts';
import { openAuditSource } from './audit-source.ts';
import { tenantOption, type TenantOption } from '../tenant-option.ts';
import type { ChainVerdict } from '../../history/verify/chain-verdict.ts';
import type { ApiCommandParts } from '../api-command.ts';
import { calledAs } from '../called-as.ts';
import { farUrl } from '../far-url.ts';
import { toStandardOutput } from '../standard-output.ts';
import { UsageError } from '../usage-error.ts';
import { writeWholeFile } from '../whole-file.ts';
import { verifyFar } from './verify-far.ts';

interface ExportOptions extends TenantOption {
  readonly output?: string;
  /** The older name of `output`. */
  readonly out?: string;
}

interface VerifyOptions extends TenantOption {
  readonly checkpoint?: string;
  readonly export?: string;
  readonly key?: string;
  readonly state?: string;
  readonly json?: boolean;
}

/** Bytes that the last line of an export takes at most. */
const longestReceipt = 16_384;

/** Adds `latchkey audit` to the program. */
export function addAuditCommands(program: Command, { withApi, guarded }: ApiCommandParts): void {
  const audit = program.command('audit').description('the permanent record of events: verify, export');
  audit
    .command('verify')
    .description('prove that no event was altered, and that none is missing; also while a server runs')
    .option('--checkpoint <file>', 'signed checkpoints that left this machine: the chain must agree with each')
    .option('--export <file>', 'verify this export in place of the store')
    .option(
      '--key <file>',
      'public keys that may have signed, one a line, as /.well-known/latchkey-audit-keys has them',
    )
    .option('--state <file>', 'go on from where the last verification with this file ended')
    .option('--json', 'print JSON')
    .addOption(tenantOption())
    .action(
      guarded(async (options: VerifyOptions) => {
        if (options.export === undefined && farUrl() !== undefined) {
          refuseFiles(options);
          return withApi(options.tenant, (api) => verifyFar(api, options));
        }
        const verdict = await (options.export === undefined
          ? verifyStore(options)
          : verifyFile(options, options.export));
        process.stdout.write(
          `${options.json === true ? JSON.stringify(shown(verdict), null, 2) : described(verdict)}\n`,
        );
        if (verdict.integrity === 'broken' || verdict.completeness === 'incomplete') process.exitCode = 1;
      }),
    );
  audit
    .command('export')
    .description('write the audit as JSON Lines with a receipt at the end; also while a server runs')
    .option('--output <file>', 'a new file, which appears when it is whole; without it standard output')
    .addOption(new Option('--out <file>').hideHelp())
    .addOption(tenantOption())
    .action(
      guarded(async ({ tenant, output, out = output }: ExportOptions) => {
        if (out !== undefined && existsSync(out)) throw new UsageError(`${out} is there already: name another file`);
        if (farUrl() !== undefined)
          return withApi(tenant, async (api) => put(out, await api.download('/admin/v1/audit/export')));
        const source = await openAuditSource(readConfig(process.env).config);
        try {
          await put(
            out,
            exportLines(source, tenant, new Date(), () => source.checkpoint(tenant)),
          );
        } finally {
          await source.close();
        }
      }),
    );
}

async function put(file: string | undefined, lines: AsyncIterable<string>): Promise<void> {
  if (file === undefined) return toStandardOutput(lines);
  await writeWholeFile(file, lines);
  process.stderr.write(
    `${file} is written. Prove it with: ${calledAs()} audit verify --export ${file} --key KEYS `
      + '(the public keys are at /.well-known/latchkey-audit-keys of the server)\n',
  );
}

/** A server far away proves its own chain; what is kept here is held against an export of it. */
function refuseFiles({ checkpoint, key, state }: VerifyOptions): void {
  if (checkpoint === undefined && key === undefined && state === undefined) return;
  throw new UsageError(
    'the server at LATCHKEY_URL verifies with its own keys alone. To hold its audit against files of yours: '
      + `${calledAs()} audit export --output audit.jsonl, then ${calledAs()} audit verify --export audit.jsonl`,
  );
}

async function verifyStore({ tenant, checkpoint, key, state }: VerifyOptions): Promise<ChainVerdict> {
  const source = await openAuditSource(readConfig(process.env).config);
  try {
    const keys = key === undefined ? await source.keys(tenant) : keysIn(key);
    const checkpoints = checkpoint === undefined ? [] : checkpointsIn(checkpoint, keys, tenant);
    const end = (await source.head(tenant)).seq;
    const base = known(state, tenant) ?? (await source.base(tenant));
    const verdict = await verifyStored(source, { tenant, base, checkpoints, end });
    if (state !== undefined && verdict.integrity === 'intact') remember(state, verdict);
    return verdict;
  } finally {
    await source.close();
  }
}

async function verifyFile({ checkpoint, key }: VerifyOptions, file: string): Promise<ChainVerdict> {
  if (key === undefined) throw new ConfigError(['--export needs --key: the public keys that may have signed']);
  const keys = keysIn(key);
  const given = checkpoint === undefined ? [] : checkpointsIn(checkpoint, keys);
  const signed = receiptOf(file)?.receipt.checkpoint;
  const checkpoints = signed === undefined ? given : [...given, openCheckpoint(signed, keys)];
  return verifyExport(createInterface({ input: createReadStream(file), crlfDelay: Infinity }), keys, checkpoints);
}

/** The last line of an export; a checkpoint in it may be one of a little before its end. */
function receiptOf(file: string): ExportReceipt | undefined {
  const handle = openSync(file, 'r');
  try {
    const { size } = fstatSync(handle);
    const tail = Buffer.alloc(Math.min(size, longestReceipt));
    readSync(handle, tail, 0, tail.length, size - tail.length);
    const line = tail.toString('utf8').trimEnd().split('\n').at(-1) ?? '';
    return line.startsWith('{"receipt":') ? (JSON.parse(line) as ExportReceipt) : undefined;
  } finally {
    closeSync(handle);
  }
}

function keysIn(file: string): readonly Buffer[] {
  const keys = readFileSync(file, 'utf8')
    .split(/[\s",]+/)
    .map(readVerifierKey)
    .filter((key) => key !== undefined);
  if (keys.length === 0) throw new ConfigError([`${file} holds no public key of the audit`]);
  return keys;
}

/**
 * A file may hold many, one after another, as the server adds them.
 * @param tenant whose they are: the server adds those of all tenants to one file
 */
function checkpointsIn(file: string, keys: readonly Buffer[], tenant?: string): readonly Checkpoint[] {
  const notes = notesIn(readFileSync(file, 'utf8')).filter((note) => tenant === undefined || isOf(tenant, note));
  if (notes.length === 0) {
    const whose = tenant === undefined ? '' : ` of the tenant '${tenant}'`;
    throw new ConfigError([`${file} holds no checkpoint of the audit${whose}`]);
  }
  try {
    return notes.map((note) => openCheckpoint(note, keys));
  } catch (cause) {
    if (cause instanceof CheckpointError) throw new ConfigError([`${file}: ${cause.message}`]);
    throw cause;
  }
}

function known(file: string | undefined, tenant: string): ChainHead | undefined {
  if (file === undefined || !existsSync(file)) return undefined;
  const state = JSON.parse(readFileSync(file, 'utf8')) as Record<
    string,
    { seq: number; hash: string; frontier: string }
  >;
  const one = state[tenant];
  return one && { seq: one.seq, hash: one.hash, frontier: readFrontier(one.frontier) };
}

function remember(file: string, { tenant, last, hash, frontier }: ChainVerdict): void {
  const state = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>) : {};
  const text = JSON.stringify({ ...state, [tenant]: { seq: last, hash, frontier: frontier?.toString() } });
  writeFileSync(file, text, { mode: 0o600 });
}

function shown({ frontier, ...verdict }: ChainVerdict): object {
  void frontier;
  return verdict;
}

function described(verdict: ChainVerdict): string {
  const { tenant, entries, first, last, erased, integrity, completeness, faults, proved, root } = verdict;
  return [
    `tenant ${tenant}: ${entries} events, ${first} to `
      + `${last}${erased === 0 ? '' : `, ${erased} without the values of persons who were erased`}`,
    `integrity: ${integrity}`,
    `completeness: ${completeness}${
      proved === 0
        ? ' (give a checkpoint that left this machine with ' + '--checkpoint)'
        : ', a checkpoint vouches for ' + `${proved}`
    }`,
    `root: ${root}`,
    ...faults.map(
      ({ seq, id, kind, detail }) => `fault at ${seq}${id === undefined ? '' : ` (${id})`}: ${kind}: ${detail}`,
    ),
  ].join('\n');
}

/** Its first line names the server and the tenant; one that names none may be of any. */
function isOf(tenant: string, note: string): boolean {
  const named = /^[^\n]*\/audit\/([^/\n]+)\n/.exec(note)?.[1];
  return named === undefined || named === tenant;
}
