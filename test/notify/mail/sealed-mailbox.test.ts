import { expect } from 'chai';
import type { CapturedMail, Mailbox } from '../../../src/notify/mail/mailbox.ts';
import { sealMailbox } from '../../../src/notify/mail/sealed-mailbox.ts';
import { SecretBox } from '../../../src/secret-box.ts';

const mail: CapturedMail = {
  id: 'm1',
  at: '2031-01-01T00:00:00.000Z',
  to: 'ines@latchkey.example',
  subject: 'Your password',
  text: 'hush-1',
  html: '<p>hush-1</p>',
};

function sealedWith(rest: CapturedMail[], key: Buffer): Mailbox {
  const box = new SecretBox([key]);
  const owner = (id: string) => ({ tenant: 'default', id, purpose: 'captured mail' });
  const plain: Mailbox = {
    put: async (one) => {
      rest.unshift(one);
    },
    list: async () => rest,
  };
  return sealMailbox(plain, {
    seal: (text, id) => box.seal(text, owner(id)),
    open: (text, id) => box.open(text, owner(id)),
  });
}

describe('a sealed mailbox', () => {
  it('gives back what was put in, and keeps none of it in clear', async () => {
    const rest: CapturedMail[] = [];
    const mailbox = sealedWith(rest, Buffer.alloc(32, 1));
    await mailbox.put(mail);
    expect(JSON.stringify(rest)).not.to.match(/hush|Your password/);
    expect(await mailbox.list(10)).to.deep.equal([mail]);
  });

  it('leaves out what its key does not open, or what was moved to another mail', async () => {
    const rest: CapturedMail[] = [];
    await sealedWith(rest, Buffer.alloc(32, 1)).put(mail);
    expect(await sealedWith(rest, Buffer.alloc(32, 2)).list(10)).to.deep.equal([]);
    expect(
      await sealedWith(
        rest.map((one) => ({ ...one, id: 'm2' })),
        Buffer.alloc(32, 1),
      ).list(10),
    ).to.deep.equal([]);
  });
});
