import { answer } from '../answer/scim-answer.ts';
import { NotFoundError, ScimError } from '../model/scim-error.ts';
import type { DeferredBulk } from '../port/deferred-bulk.ts';
import type { ScimRequest, ScimResponse } from '../port/scim-request.ts';

/** How long an answer can be waited for, in milliseconds, and how often it is looked. */
const longestWaitMs = 10_000;
const lookMs = 100;

/** What `Prefer` asks of when to answer (RFC 7240 §4.1, §4.3). */
interface Wish {
  readonly isAsync: boolean;
  readonly waitMs: number;
}

/** Reads `Prefer` (RFC 7240 §2). */
export function wishIn(prefer: string | undefined): Wish {
  const wishes = (prefer ?? '').split(',').map((one) => one.trim().toLowerCase().split(';')[0] ?? '');
  const seconds = wishes.map((one) => /^wait\s*=\s*"?(\d{1,6})"?$/.exec(one)?.[1]).find((one) => one !== undefined);
  return { isAsync: wishes.includes('respond-async'), waitMs: Math.min(Number(seconds ?? 0) * 1_000, longestWaitMs) };
}

/**
 * Answers a batch before it is done (RFC 9967 §2.5.1): 202 with its transaction, or, where it is done within the time
 * that the caller waits, as any other.
 */
export async function deferBulk(
  request: ScimRequest,
  deferred: DeferredBulk,
  sleep: (ms: number) => Promise<void>,
): Promise<ScimResponse> {
  const { context, headers, baseUrl } = request;
  const { waitMs } = wishIn(headers['prefer']);
  const transaction = await deferred.begin(request);
  for (let waited = 0; waited < waitMs; waited += lookMs) {
    const found = await deferred.find(context, transaction);
    if (found?.state === 'done') return answer(200, found.body);
    if (found?.state === 'failed') throw new ScimError(found.status, undefined, found.detail);
    await sleep(lookMs);
  }
  return answer(202, undefined, {
    'Set-Txn': transaction,
    'Preference-Applied': 'respond-async',
    Location: `${baseUrl}/.transactions/${transaction}`,
  });
}

/**
 * Answers `GET /.transactions/{txn}`: 202 while the batch runs, then the tokens of its completion, one for each
 * operation, as RFC 8936 §2.3 writes them.
 * @throws NotFoundError
 */
export async function answerTransaction(
  { context }: ScimRequest,
  name: string,
  deferred: DeferredBulk | undefined,
): Promise<ScimResponse> {
  const found = await deferred?.find(context, name);
  if (deferred === undefined || found === undefined)
    throw new NotFoundError(
      `Client '${context.client.name}' has begun no transaction '${name.slice(0, 100)}', or it has been forgotten.`,
    );
  if (found.state === 'running') return answer(202, undefined, { 'Retry-After': '1' });
  const sets = (await deferred.tokens(context, name)) ?? {};
  return answer(200, { sets: { ...sets } }, { 'Content-Type': 'application/json' });
}
