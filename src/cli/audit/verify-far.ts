import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiConnection } from '../connection.ts';
import { createOutput, listAt, type OutputOptions, textAt, valueAt } from '../output.ts';

const path = '/admin/v1/audit/verification';
const pollMs = 500;

/**
 * Has a server far away prove the chain of its audit, and shows what came of it. The exit code is 1 where it is not
 * intact.
 */
export async function verifyFar(api: ApiConnection, options: OutputOptions): Promise<void> {
  let { body } = await api.call({ method: 'POST', path });
  while (valueAt(body, 'state') === 'running') {
    await sleep(pollMs);
    ({ body } = await api.call({ method: 'GET', path }));
  }
  const faults = listAt(body, 'faults').map(String);
  createOutput(options).show(body, () =>
    [
      `${textAt(body, 'entries')} events, verified by the server`,
      `integrity: ${textAt(body, 'state')}`,
      'completeness: unproved (hold an export against a checkpoint that left the server)',
      ...faults.map((fault) => `fault: ${fault}`),
    ].join('\n'),
  );
  if (valueAt(body, 'state') !== 'intact') process.exitCode = 1;
}
