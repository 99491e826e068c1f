import {
  closeSync,
  createReadStream,
  createWriteStream,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  writeFileSync,
} from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
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

interface VerifyOptions extends TenantOption {
  readonly checkpoint?: string;
  readonly export?: string;
  readonly key?: string;
  readonly state?: string;
  readonly json?: boolean;
}

/** Bytes that the last line of an export takes at most. */
const longestReceipt = 16_384;

/** What the commands are given by the program. */
export interface CommandTools {
  readonly print: (text: string) => void;
  /** Ends the process with a plain sentence where the operator can mend what went wrong. */
  readonly guarded: <Arguments extends unknown[]>(
    action: (...args: Arguments) => Promise<void>,
  ) => (...args: Arguments) => Promise<void>;
}

/** Adds `latchkey audit` to the program. */
export function addAuditCommands(program: Command, { print, guarded }: CommandTools): void {
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
        const verdict = await (options.export === undefined
          ? verifyStore(options)
          : verifyFile(options, options.export));
        print(options.json === true ? JSON.stringify(shown(verdict), null, 2) : described(verdict));
        if (verdict.integrity === 'broken' || verdict.completeness === 'incomplete') process.exitCode = 1;
      }),
    );
  audit
    .command('export')
    .description('write the audit as JSON Lines with a receipt at the end; also while a server runs')
    .option('--out <file>', 'the file to write (default: standard output)')
    .addOption(tenantOption())
    .action(
      guarded(async ({ tenant, out }: TenantOption & { readonly out?: string }) => {
        const source = await openAuditSource(readConfig(process.env).config);
        try {
          const lines = exportLines(source, tenant, new Date(), () => source.checkpoint(tenant));
          const target = out === undefined ? process.stdout : createWriteStream(out, { flags: 'wx', mode: 0o600 });
          await pipeline(Readable.from(lines), target, { end: out !== undefined });
        } finally {
          await source.close();
        }
      }),
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
