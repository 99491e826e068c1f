import { expect } from 'chai';
import { senderRecords } from '../../../src/notify/mail/sender-records.ts';

describe('senderRecords', () => {
  const dns = (records: Readonly<Record<string, string[][]>>) => ({
    resolveTxt: async (name: string) => {
      const found = records[name];
      if (found === undefined) throw Object.assign(new Error('none'), { code: 'ENODATA' });
      return found;
    },
  });

  it('reads SPF and DMARC, in parts too, among other records', async () => {
    const found = await senderRecords(
      'harbour.example',
      dns({
        'harbour.example': [['google-site-verification=x'], ['v=spf1 include:', '_spf.example -all']],
        '_dmarc.harbour.example': [['v=DMARC1; p=reject']],
      }),
    );
    expect(found).to.deep.equal({
      spf: 'v=spf1 include:_spf.example -all',
      severalSpf: false,
      dmarc: 'v=DMARC1; p=reject',
    });
  });

  it('takes several SPF records for none, and DMARC from the domain above', async () => {
    const found = await senderRecords(
      'mail.harbour.example',
      dns({
        'mail.harbour.example': [['v=spf1 -all'], ['v=spf1 +all'], ['v=spf10 x']],
        '_dmarc.harbour.example': [['v=DMARC1;p=none']],
      }),
    );
    expect(found).to.deep.equal({ spf: undefined, severalSpf: true, dmarc: 'v=DMARC1;p=none' });
  });

  it('says nothing of a DNS that cannot be asked', async () => {
    const resolver = {
      resolveTxt: async () => {
        throw Object.assign(new Error('refused'), { code: 'EREFUSED' });
      },
    };
    const error = await senderRecords('harbour.example', resolver).catch((cause: unknown) => cause);
    expect(error).to.have.property('code', 'EREFUSED');
  });
});
