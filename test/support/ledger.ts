import { expect } from 'chai';
import { latchkeyUrn } from '../../src/provisioning/user/latchkey-extension.ts';
import { eventually } from './launch.ts';
import type { Launched, ScimAnswer } from './launch.ts';

/** Where calls are sent: one process, or some process of several. */
export type Send = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<ScimAnswer>;

/** How long a client ever waits, in milliseconds. */
const longestMs = 15_000;

/** What clients asked for, and what of it was acknowledged: for holding the store against it afterwards. */
export class Ledger {
  readonly #asked = new Set<string>();
  readonly #acknowledged = new Map<string, string>();
  readonly #members = new Map<string, { readonly sure: Set<string>; readonly perhaps: Set<string> }>();
  /** The longest that a call took, in milliseconds. */
  longest = 0;
  readonly #prefix: string;

  /** @param prefix what the names of this ledger's users begin with */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** Sends a call whose answer may be lost. @returns undefined where there was none */
  async attempt(send: Send, ...[method, path, body, headers]: Parameters<Send>): Promise<ScimAnswer | undefined> {
    const begun = performance.now();
    const answer = await send(method, path, body, headers).catch(() => undefined);
    const ms = performance.now() - begun;
    // A call to a process that is killed or stopped waits for nothing that could answer.
    if (answer !== undefined) {
      this.longest = Math.max(this.longest, ms);
      expect(ms, `${method} ${path} was answered ${answer.status}`).to.be.lessThan(longestMs);
      if (answer.status === 503) expect(answer.headers.get('retry-after'), 'Retry-After').not.to.equal(null);
    }
    return answer;
  }

  /** Asks for an invited user. @returns the id where that was acknowledged */
  async invite(send: Send, number: number): Promise<string | undefined> {
    const userName = `${this.#prefix}-${number}@ledger.example`;
    this.#asked.add(userName);
    const body = { userName, emails: [{ value: userName }], [latchkeyUrn]: { preRegistration: true } };
    const answer = await this.attempt(send, 'POST', '/Users', body);
    if (answer?.status !== 201) return undefined;
    const id = answer.body.id as string;
    this.#acknowledged.set(userName, id);
    return id;
  }

  /** Asks for a user to be a member of a group, or not any more. */
  async member(send: Send, group: string, id: string, op: 'add' | 'remove' = 'add'): Promise<void> {
    const { sure, perhaps } = this.#members.get(group) ?? { sure: new Set<string>(), perhaps: new Set<string>() };
    this.#members.set(group, { sure, perhaps });
    const operation =
      op === 'add' ? { op, path: 'members', value: [{ value: id }] } : { op, path: `members[value eq "${id}"]` };
    sure.delete(id);
    perhaps.add(id);
    const answer = await this.attempt(send, 'PATCH', `/Groups/${group}`, {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [operation],
    });
    if (answer === undefined || answer.status >= 300) return;
    perhaps.delete(id);
    if (op === 'add') sure.add(id);
  }

  /** Everything acknowledged is there once, everything else once or not at all, and each user is invited once. */
  async expectKept(server: Launched, seconds: number): Promise<void> {
    const users = await eventually(
      'every invitation',
      async () => {
        const found = await this.#stored(server);
        return found.every((user) => user[latchkeyUrn]?.status === 'invited') && found;
      },
      seconds,
    ).catch(async (error: unknown) => {
      const late = (await this.#stored(server)).filter((user) => user[latchkeyUrn]?.status !== 'invited');
      const list = late.map((user) => `${user.userName} ${JSON.stringify(user[latchkeyUrn])}`);
      throw new Error(`not invited: ${list.join(', ')}`, { cause: error });
    });
    const names = users.map(({ userName }) => userName);
    expect(new Set(names).size, 'one user for each name').to.equal(names.length);
    const ids = new Map(users.map(({ userName, id }) => [userName, id]));
    for (const [name, id] of this.#acknowledged) expect(ids.get(name), `${name} was acknowledged`).to.equal(id);
    for (const name of names) expect(this.#asked.has(name), `${name} was asked for`).to.equal(true);
    for (const user of users) {
      const lines: readonly { id: string; template: string }[] = user[latchkeyUrn].deliveries ?? [];
      // What a message went through before it was sent is told by lines below its own.
      const isOwn = ({ id }: { id: string }) => !lines.some((other) => id.startsWith(`${other.id}.`));
      const invitations = lines.filter((line) => line.template === 'invitation' && isOwn(line));
      expect(invitations, `invitations of ${user.userName}: ${JSON.stringify(invitations)}`).to.have.lengthOf(1);
    }
    await this.#expectMails(server, names);
    for (const [group, { sure, perhaps }] of this.#members) {
      const { body } = await server.scim('GET', `/Groups/${group}`);
      const members: string[] = (body.members ?? []).map(({ value }: { value: string }) => value);
      expect(new Set(members).size, 'each member once').to.equal(members.length);
      for (const id of sure) expect(members, `members of ${group}`).to.include(id);
      for (const id of members)
        expect(sure.has(id) || perhaps.has(id), `${id} was asked to be a member`).to.equal(true);
    }
  }

  async #expectMails(server: Launched, names: readonly string[]): Promise<void> {
    const copies = new Map<string, number>();
    for (const { to } of await server.mails())
      if (to.startsWith(`${this.#prefix}-`)) copies.set(to, (copies.get(to) ?? 0) + 1);
    // The mailbox keeps the newest thousand.
    if (names.length < 1_000) for (const name of names) expect(copies.get(name), `mails to ${name}`).to.equal(1);
    for (const [to, count] of copies) expect(count, `mails to ${to}`).to.equal(1);
  }

  async #stored(server: Launched): Promise<readonly any[]> {
    const users: any[] = [];
    for (let startIndex = 1, total = 1; startIndex <= total; startIndex += 1000) {
      const query = new URLSearchParams({
        filter: `userName sw "${this.#prefix}-"`,
        attributes: `userName,${latchkeyUrn}:status,${latchkeyUrn}:deliveries`,
        count: '1000',
        startIndex: String(startIndex),
      });
      const { body } = await server.scim('GET', `/Users?${query.toString()}`);
      total = body.totalResults;
      users.push(...body.Resources);
    }
    return users;
  }
}
