import { parentPort, workerData } from 'node:worker_threads';
import type { Commit, CommitResult, Membership } from '../../provisioning/resource-store.ts';
import { atOnce } from '../../scim/in-turns.ts';
import { Connection } from './connection.ts';
import { writeCommits } from './record-writer.ts';

/** What a committing thread is sent: members to add, as many messages as it takes, then the commits they belong to. */
export type CommitOrder =
  | { readonly index: number; readonly members: readonly Membership[] }
  | { readonly commits: readonly Commit[]; readonly now: Date };

/** What it answers: a result for each commit tried, or why there is none. */
export type CommitAnswer = { readonly results: readonly CommitResult[] } | { readonly failure: string };

const connection = new Connection(workerData as string, { readOnly: false });
const members = new Map<number, Membership[]>();

parentPort?.on('message', (order: CommitOrder) => {
  if ('commits' in order) {
    parentPort?.postMessage(answer(order.commits.map(withMembers), order.now));
    members.clear();
    return;
  }
  const held = members.get(order.index) ?? [];
  for (const member of order.members) held.push(member);
  members.set(order.index, held);
});

function withMembers(commit: Commit, index: number): Commit {
  const add = members.get(index);
  return commit.kind === 'put' && commit.members !== undefined && add !== undefined ? { ...commit, members: { ...commit.members, add } } : commit;
}

function answer(commits: readonly Commit[], now: Date): CommitAnswer {
  try {
    connection.execute('BEGIN IMMEDIATE');
    const results = atOnce(writeCommits(connection, commits, now));
    connection.execute(results.every(({ outcome }) => outcome === 'done') ? 'COMMIT' : 'ROLLBACK');
    return { results };
  } catch (error) {
    if (connection.inTransaction) connection.execute('ROLLBACK');
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}
