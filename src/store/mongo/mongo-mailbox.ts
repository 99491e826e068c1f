import type { CapturedMail, Mailbox } from '../../notify/mailbox.ts';
import type { MailDocument } from './documents.ts';
import type { Models } from './models.ts';
import type { Stamps } from './stamps.ts';

const kept = 1_000;
const newestFirst = { position: -1, _id: -1 } as const;

/** Captured mail in MongoDB: the newest 1,000. */
export class MongoMailbox implements Mailbox {
  readonly #mails: Models['mails'];
  readonly #stamps: Stamps;

  constructor(models: Models, stamps: Stamps) {
    this.#mails = models.mails;
    this.#stamps = stamps;
  }

  async put({ id, to, subject, text, html, at }: CapturedMail): Promise<void> {
    await this.#mails.insertMany([{ id, to, subject, text, html, at, position: this.#stamps.next() }], { lean: true });
    const surplus = await this.#mails.find({}, { _id: 1 }).sort(newestFirst).skip(kept).lean();
    if (surplus.length > 0) await this.#mails.deleteMany({ _id: { $in: surplus.map(({ _id }) => _id) } });
  }

  async list(limit: number): Promise<readonly CapturedMail[]> {
    if (limit <= 0) return [];
    const mails = await this.#mails.find().sort(newestFirst).limit(limit).lean<MailDocument[]>();
    return mails.map(({ id, to, subject, text, html, at }) => ({ id, to, subject, text, html, at }));
  }
}
