import { expect } from 'chai';
import type { CapturedMail } from '../../src/notify/mail/mailbox.ts';
import type { Store } from '../../src/store/store.ts';

/** Captured mail. */
export function mailboxContract(store: () => Store): void {
  describe('mailbox', () => {
    const mail = (id: string): CapturedMail => ({
      tenant: 'default',
      id,
      to: 'ines@entra.example',
      subject: 'Set your password',
      text: 'Olá 👋',
      html: '<p>Olá</p>',
      at: '2026-03-01T08:00:00.000Z',
    });

    it('lists the newest first, as many as asked for', async () => {
      for (const id of ['m1', 'm2', 'm3']) await store().mailbox.put(mail(id));
      expect(await store().mailbox.list('default', 2)).to.deep.equal([mail('m3'), mail('m2')]);
    });

    it("lists a tenant's own alone", async () => {
      await store().mailbox.put(mail('m1'));
      await store().mailbox.put({ ...mail('m2'), tenant: 'acme' });
      expect(await store().mailbox.list('acme', 10)).to.deep.equal([{ ...mail('m2'), tenant: 'acme' }]);
      expect(await store().mailbox.list('default', 10)).to.deep.equal([mail('m1')]);
    });

    it('forgets the mails that are named, of their tenant', async () => {
      for (const id of ['m1', 'm2', 'm3']) await store().mailbox.put(mail(id));
      await store().mailbox.put({ ...mail('m1'), tenant: 'acme' });
      await store().mailbox.remove('default', ['m1', 'm3', 'none']);
      expect(await store().mailbox.list('default', 10)).to.deep.equal([mail('m2')]);
      expect(await store().mailbox.list('acme', 10)).to.have.length(1);
    });

    it('keeps a mail once that is put again, as it was put last', async () => {
      for (const id of ['m1', 'm2']) await store().mailbox.put(mail(id));
      await store().mailbox.put({ ...mail('m1'), tenant: 'acme' });
      await store().mailbox.put({ ...mail('m1'), text: 'again' });
      expect(await store().mailbox.list('default', 10)).to.deep.equal([{ ...mail('m1'), text: 'again' }, mail('m2')]);
      expect(await store().mailbox.list('acme', 10)).to.have.length(1);
    });

    it("puts other texts in the place of a tenant's own, and leaves what has another text by then", async () => {
      await store().mailbox.put(mail('m1'));
      await store().mailbox.put({ ...mail('m3'), text: 'twin' });
      await store().mailbox.put({ ...mail('m2'), tenant: 'acme' });
      await store().mailbox.rewrite('default', [
        ['Olá 👋', 'sealed anew'],
        ['nowhere', 'lost'],
      ]);
      expect((await store().mailbox.list('default', 10)).map(({ text }) => text)).to.deep.equal([
        'twin',
        'sealed anew',
      ]);
      expect(await store().mailbox.list('acme', 10)).to.deep.equal([{ ...mail('m2'), tenant: 'acme' }]);
    });

    it('keeps the newest 1,000', async function () {
      this.timeout(60_000);
      const ids = Array.from({ length: 1_003 }, (_, n) => `m${n}`);
      for (let start = 0; start < ids.length; start += 17)
        await Promise.all(ids.slice(start, start + 17).map((id) => store().mailbox.put(mail(id))));
      const kept = await store().mailbox.list('default', 2_000);
      expect(kept).to.have.length(1_000);
      expect(kept.map(({ id }) => id)).not.to.include.members(['m0']);
    });
  });
}
