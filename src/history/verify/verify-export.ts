import { isDeepStrictEqual } from 'node:util';
import { auditResource } from '../audit-event.ts';
import type { ExportLine, ExportReceipt, ExportStart } from '../audit-export.ts';
import { type Checkpoint, CheckpointError, openCheckpoint } from '../checkpoint.ts';
import { type ChainHead, hashOfEntry } from '../chain-entry.ts';
import { readFrontier } from '../merkle-frontier.ts';
import { ChainVerifier } from './verify-chain.ts';
import type { ChainVerdict } from './chain-verdict.ts';

/**
 * Verifies an export offline.
 * @param lines of the file
 * @param publicKeys the trusted keys, 32 bytes each
 * @param checkpoints further ones, whose signatures have been checked
 * @throws CheckpointError when it is not an export, or no trusted key has signed its receipt
 */
export async function verifyExport(
  lines: AsyncIterable<string>,
  publicKeys: readonly Buffer[],
  checkpoints: readonly Checkpoint[],
): Promise<ChainVerdict> {
  let verifier: ChainVerifier | undefined;
  let start: ExportStart['export'] | undefined;
  let receipt: ExportReceipt['receipt'] | undefined;
  for await (const line of lines) {
    if (line === '') continue;
    const value = read(line);
    if ('export' in value) start = value.export;
    else if ('receipt' in value) receipt = value.receipt;
    else {
      if (start === undefined) throw new CheckpointError('This is not an export: it does not begin with "export".');
      // Where a checkpoint is given, it need not wait for the receipt at the end.
      verifier ??= new ChainVerifier({ tenant: start.tenant, base: baseOf(start), checkpoints });
      const { entry, event } = value;
      const isShown = isDeepStrictEqual(JSON.parse(JSON.stringify(shown(entry))), event);
      verifier.add(entry, isShown ? hashOfEntry(entry) : '');
    }
  }
  if (start === undefined) throw new CheckpointError('This is not an export: it does not begin with "export".');
  verifier ??= new ChainVerifier({ tenant: start.tenant, base: baseOf(start), checkpoints });
  const signed = receipt?.checkpoint === undefined ? undefined : openCheckpoint(receipt.checkpoint, publicKeys);
  return verifier.finish(receipt === undefined ? 'unfinished' : receipt.last, signed);
}

function shown(entry: ExportLine['entry']): unknown {
  try {
    return auditResource(entry);
  } catch {
    return undefined;
  }
}

function baseOf({ seq, hash, frontier }: ExportStart['export']): ChainHead {
  return { seq, hash, frontier: readFrontier(frontier) };
}

function read(line: string): ExportStart | ExportLine | ExportReceipt {
  try {
    return JSON.parse(line) as ExportStart | ExportLine | ExportReceipt;
  } catch {
    throw new CheckpointError(`This is not an export: a line is not JSON: ${line.slice(0, 60)}`);
  }
}
