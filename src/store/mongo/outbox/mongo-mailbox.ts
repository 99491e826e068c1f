import type { CapturedMail, Mailbox } from '../../../notify/mail/mailbox.ts';
import type { Collections } from '../database/collections.ts';
import { isDuplicate } from '../commands/database-errors.ts';
import type { Stamps } from '../database/stamps.ts';

const kept = 1_000;

/** Older mail is looked for once in so many. */
const trimEvery = 100;

const newestFirst = { position: -1, _id: -1 } as const;

/** Captured mail in MongoDB: the newest 1,000. */
export class MongoMailbox implements Mailbox {
  readonly #mails: Collections['mails'];
  readonly #stamps: Stamps;
  #puts = 0;

  constructor(collections: Collections, stamps: Stamps) {
    this.#mails = collections.mails;
    this.#stamps = stamps;
  }

  async put({ tenant, id, to, subject, text, html, at }: CapturedMail): Promise<void> {
    const put = { to, subject, text, html, at, position: this.#stamps.next() };
    try {
      await this.#mails.updateOne(
        { _id: `${tenant}/${id}` },
        { $set: put, $setOnInsert: { tenant, id } },
        { upsert: true },
      );
    } catch (error) {
      // Two tries at once: one of them has put it.
      if (!isDuplicate(error)) throw error;
    }
    this.#puts += 1;
    if (this.#puts % trimEvery === 0) await this.#trim();
  }

  async list(tenant: string, limit: number): Promise<readonly CapturedMail[]> {
    if (limit <= 0) return [];
    const mails = await this.#mails.find(mailsOf(tenant), { sort: newestFirst, limit: Math.min(limit, kept) });
    return mails.map(({ id, to, subject, text, html, at }) => ({ tenant, id, to, subject, text, html, at }));
  }

  async rewrite(tenant: string, texts: readonly (readonly [from: string, to: string])[]): Promise<void> {
    const next = new Map(texts);
    const mails = await this.#mails.find<{ position: number; text: string }>(mailsOf(tenant), {
      projection: { position: 1, text: 1 },
      limit: 2 * kept,
    });
    const changes = mails.flatMap(({ position, text }) => {
      const to = next.get(text);
      return to === undefined ? [] : [{ updateOne: { filter: { position, text }, update: { $set: { text: to } } } }];
    });
    if (changes.length > 0) await this.#mails.bulkWrite(changes);
  }

  async remove(tenant: string, ids: readonly string[]): Promise<void> {
    await this.#mails.deleteMany({ ...mailsOf(tenant), id: { $in: [...ids] } });
  }

  async #trim(): Promise<void> {
    const surplus = await this.#mails.find<{ _id: unknown }>(
      {},
      { projection: { _id: 1 }, sort: newestFirst, skip: kept },
    );
    if (surplus.length > 0) await this.#mails.deleteMany({ _id: { $in: surplus.map(({ _id }) => _id) } });
  }
}

/** Mail from before there were tenants is the default tenant's. */
function mailsOf(tenant: string): { readonly tenant: unknown } {
  return { tenant: tenant === 'default' ? { $in: [tenant, null] } : tenant };
}
