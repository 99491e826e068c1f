import type { CapturedMail, Mailbox } from '../../../notify/mail/mailbox.ts';
import type { Collections } from '../database/collections.ts';
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
    await this.#mails.insertOne({ tenant, id, to, subject, text, html, at, position: this.#stamps.next() });
    this.#puts += 1;
    if (this.#puts % trimEvery === 0) await this.#trim();
  }

  async list(tenant: string, limit: number): Promise<readonly CapturedMail[]> {
    if (limit <= 0) return [];
    // Mail from before there were tenants is the default tenant's.
    const whose = tenant === 'default' ? { $in: [tenant, null] } : tenant;
    const mails = await this.#mails.find({ tenant: whose }, { sort: newestFirst, limit: Math.min(limit, kept) });
    return mails.map(({ id, to, subject, text, html, at }) => ({ tenant, id, to, subject, text, html, at }));
  }

  async #trim(): Promise<void> {
    const surplus = await this.#mails.find<{ _id: unknown }>(
      {},
      { projection: { _id: 1 }, sort: newestFirst, skip: kept },
    );
    if (surplus.length > 0) await this.#mails.deleteMany({ _id: { $in: surplus.map(({ _id }) => _id) } });
  }
}
