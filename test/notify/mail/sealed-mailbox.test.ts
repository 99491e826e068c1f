import { expect } from 'chai';
import type { CapturedMail, Mailbox } from '../../../src/notify/mail/mailbox.ts';
import { type MailIdentity, sealMailbox } from '../../../src/notify/mail/sealed-mailbox.ts';
import { SecretBox } from '../../../src/base/secret-box.ts';

const mail: CapturedMail = {
  tenant: 'default',
  id: 'm1',
  at: '2031-01-01T00:00:00.000Z',
  to: 'ines@latchkey.example',
  subject: 'Your password',
  text: 'hush-1',
  html: '<p>hush-1</p>',
};

function sealedWith(rest: CapturedMail[], key: Buffer): Mailbox {
  const box = new SecretBox([key]);
  const owner = ({ tenant, id }: MailIdentity) => ({ tenant, id, purpose: 'captured mail' });
  const plain: Mailbox = {
    put: async (one) => {
      rest.unshift(one);
    },
    list: async () => rest,
    rewrite: async () => undefined,
    remove: async () => undefined,
  };
  return sealMailbox(plain, {
    seal: (text, one) => box.seal(text, owner(one)),
    open: (text, one) => box.open(text, owner(one)),
  });
}

describe('a sealed mailbox', () => {
  it('gives back what was put in, and keeps none of it in clear', async () => {
    const rest: CapturedMail[] = [];
    const mailbox = sealedWith(rest, Buffer.alloc(32, 1));
    await mailbox.put(mail);
    expect(JSON.stringify(rest)).not.to.match(/hush|Your password/);
    expect(await mailbox.list('default', 10)).to.deep.equal([mail]);
  });

  it('leaves out what its key does not open, or what was moved to another mail or tenant', async () => {
    const rest: CapturedMail[] = [];
    await sealedWith(rest, Buffer.alloc(32, 1)).put(mail);
    expect(await sealedWith(rest, Buffer.alloc(32, 2)).list('default', 10)).to.deep.equal([]);
    expect(
      await sealedWith(
        rest.flatMap((one) => [
          { ...one, id: 'm2' },
          { ...one, tenant: 'acme' },
        ]),
        Buffer.alloc(32, 1),
      ).list('default', 10),
    ).to.deep.equal([]);
  });
});
