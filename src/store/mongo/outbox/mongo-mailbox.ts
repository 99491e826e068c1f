import type { CapturedMail, Mailbox } from '../../../notify/mail/mailbox.ts';
import type { MailDocument } from '../database/documents.ts';
import type { Models } from '../database/models.ts';
import type { Stamps } from '../database/stamps.ts';

const kept = 1_000;

/** Older mail is looked for once in so many. */
const trimEvery = 100;

const newestFirst = { position: -1, _id: -1 } as const;

/** Captured mail in MongoDB: the newest 1,000. */
export class MongoMailbox implements Mailbox {
  readonly #mails: Models['mails'];
  readonly #stamps: Stamps;
  #puts = 0;

  constructor(models: Models, stamps: Stamps) {
    this.#mails = models.mails;
    this.#stamps = stamps;
  }

  async put({ id, to, subject, text, html, at }: CapturedMail): Promise<void> {
    await this.#mails.insertOne({ id, to, subject, text, html, at, position: this.#stamps.next() });
    this.#puts += 1;
    if (this.#puts % trimEvery === 0) await this.#trim();
  }

  async list(limit: number): Promise<readonly CapturedMail[]> {
    if (limit <= 0) return [];
    const mails = await this.#mails.find().sort(newestFirst).limit(Math.min(limit, kept)).lean<MailDocument[]>();
    return mails.map(({ id, to, subject, text, html, at }) => ({ id, to, subject, text, html, at }));
  }

  async #trim(): Promise<void> {
    const surplus = await this.#mails.find({}, { _id: 1 }).sort(newestFirst).skip(kept).lean();
    if (surplus.length > 0) await this.#mails.deleteMany({ _id: { $in: surplus.map(({ _id }) => _id) } });
  }
}
