import { expect } from 'chai';
import { explainSender } from '../../../src/notify/mail/explain-sender.ts';

/** A DNS with these texts, each in two parts as long ones are. */
function dns(texts: Readonly<Record<string, string>>) {
  return {
    resolveTxt: async (name: string) => {
      const text = texts[name];
      if (text === undefined) throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
      return [[text.slice(0, 5), text.slice(5)]];
    },
  };
}

const domain = 'harbour.example';
const statesOf = async (texts: Readonly<Record<string, string>>, selector?: string) =>
  (await explainSender(domain, dns(texts), selector)).map(({ kind, state }) => `${kind} ${state}`);

describe('the sender’s domain', () => {
  it('is in order with SPF, a DKIM key and a DMARC that keeps forged mails away', async () => {
    const texts = {
      [domain]: 'v=spf1 include:_spf.mail.example -all',
      [`s1._domainkey.${domain}`]: 'v=DKIM1; k=rsa; p=MIGf',
      [`_dmarc.${domain}`]: 'v=DMARC1; p=reject',
    };
    expect(await statesOf(texts)).to.deep.equal(['spf fine', 'dkim fine', 'dmarc fine']);
  });

  it('is told what to publish where a record is missing', async () => {
    const [spf, dkim, dmarc] = await explainSender(domain, dns({}), 'hafen');
    expect([spf?.state, dkim?.state, dmarc?.state]).to.deep.equal(['missing', 'missing', 'missing']);
    expect(spf?.remedy).to.include({ name: domain, type: 'TXT' });
    expect(dkim?.remedy?.name).to.equal(`hafen._domainkey.${domain}`);
    expect(dmarc?.remedy?.name).to.equal(`_dmarc.${domain}`);
  });

  for (const [record, state] of [
    ['v=spf1 a mx ~all', 'fine'],
    ['v=spf1 redirect=_spf.mail.example', 'fine'],
    ['v=spf1 a mx ?all', 'weak'],
    ['v=spf1 a mx', 'weak'],
    ['v=spf1 +all', 'wrong'],
    ['v=spf1 all', 'wrong'],
    ['v=spf10 -all', 'missing'],
  ] as const)
    it(`takes the SPF record ${record} as ${state}`, async () => {
      expect((await statesOf({ [domain]: record }))[0]).to.equal(`spf ${state}`);
    });

  it('does not take a key that was withdrawn for one, and cannot tell without a selector', async () => {
    expect((await statesOf({ [`x._domainkey.${domain}`]: 'v=DKIM1; p=' }, 'x'))[1]).to.equal('dkim wrong');
    expect((await statesOf({ [`x._domainkey.${domain}`]: 'v=DKIM1; p=MIGf' }))[1]).to.equal('dkim unknown');
    expect((await statesOf({ [`x._domainkey.${domain}`]: 'v=DKIM1; p=MIGf' }, 'x'))[1]).to.equal('dkim fine');
  });

  it('only watched by DMARC could be better', async () => {
    expect((await statesOf({ [`_dmarc.${domain}`]: 'v=DMARC1; p=none' }))[2]).to.equal('dmarc weak');
  });

  it('is not known where the DNS does not answer, and wrong at localhost', async () => {
    const silent = {
      resolveTxt: async () => {
        throw Object.assign(new Error('timeout'), { code: 'ETIMEOUT' });
      },
    };
    expect((await explainSender(domain, silent)).map(({ state }) => state)).to.deep.equal(Array(3).fill('unknown'));
    expect((await explainSender('localhost', silent)).map(({ state }) => state)).to.deep.equal(Array(3).fill('wrong'));
  });
});
