import { expect } from 'chai';
import type { JsonObject } from '../../../src/base/json.ts';
import { latchkeyUrn } from '../../../src/provisioning/user/latchkey-extension.ts';
import { ProvisioningBench, tenant, tokenOf, userBody } from '../../support/provisioning-bench.ts';

const phone = { phoneNumbers: [{ value: '+4915112345678', type: 'mobile' }] };
const sms = { sms: { gatewayUrl: 'https://sms.example', countries: ['DE'] } } as const;
const invited: JsonObject = { preRegistration: true };

describe('the method of an invitation that is pending', () => {
  let bench: ProvisioningBench;
  beforeEach(() => {
    bench = new ProvisioningBench(sms);
  });
  const stateOf = async (token: string): Promise<string> => (await bench.keys.lookUp(tenant, { token })).state;
  const sent = async (): Promise<readonly string[]> =>
    (await bench.deliver()).map(({ template, to }) => `${template} ${to}`);

  const writes: readonly [string, (id: string, method: string | undefined) => Promise<unknown>][] = [
    ['PUT', (id, method) => bench.replaceUser(id, userBody('ines', { ...invited, invitationMethod: method! }, phone))],
    [
      'PATCH with a path',
      (id, method) => bench.patchUser(id, [{ op: 'replace', path: `${latchkeyUrn}:invitationMethod`, value: method! }]),
    ],
    ['PATCH without a path', (id, method) => bench.setOnboarding(id, { invitationMethod: method! })],
  ];
  for (const [title, change] of writes) {
    it(`takes the invitation along when it is changed by ${title}; said again it sends nothing`, async () => {
      const id = await bench.createUser(userBody('ines', invited, phone));
      const [link] = await bench.deliver();
      await change(id, 'smsOtp');
      expect(await sent()).to.deep.equal(['invitationCode +4915112345678']);
      expect(await stateOf(tokenOf(link!))).to.equal('superseded');
      expect((await bench.onboarding(id)).status).to.equal('invited');
      await change(id, 'smsOtp');
      expect(await sent()).to.deep.equal([]);
      await change(id, 'emailOtp');
      expect((await bench.deliver()).map(({ template }) => template)).to.deep.equal(['invitationCode']);
    });
  }

  it('takes it along when it is taken away and the tenant has another', async () => {
    const id = await bench.createUser(userBody('ines', { ...invited, invitationMethod: 'emailOtp' }, phone));
    await bench.deliver();
    await bench.patchUser(id, [{ op: 'remove', path: `${latchkeyUrn}:invitationMethod` }]);
    expect((await bench.deliver()).map(({ template }) => template)).to.deep.equal(['invitation']);
  });

  it('sends nothing when it names what the invitation goes by already, nor to who has arrived or is inactive', async () => {
    const id = await bench.createUser(userBody('ines', invited, phone));
    const [link] = await bench.deliver();
    await bench.setOnboarding(id, { invitationMethod: 'emailLink' });
    expect(await sent()).to.deep.equal([]);
    const off = await bench.createUser(userBody('off', invited, phone));
    await bench.deliver();
    await bench.patchUser(off, [{ op: 'replace', path: 'active', value: false }]);
    await bench.setOnboarding(off, { invitationMethod: 'smsOtp' });
    expect(await sent()).to.deep.equal([]);
    await bench.keys.setPassword(tenant, { token: tokenOf(link!) }, 'lamplight drifting over harbours');
    await bench.setOnboarding(id, { invitationMethod: 'smsOtp' });
    expect(await sent()).to.deep.equal([]);
  });

  it('leaves the older one good where the new one has no address, says so, and sends once there is one', async () => {
    const id = await bench.createUser(userBody('ines', invited));
    const [link] = await bench.deliver();
    await bench.setOnboarding(id, { invitationMethod: 'smsOtp' });
    expect(await sent()).to.deep.equal([]);
    expect(await stateOf(tokenOf(link!))).to.equal('valid');
    const [line] = (await bench.onboarding(id)).deliveries!;
    expect(line).to.include({ state: 'failed', channel: 'sms' });
    expect(line?.reply).to.match(/phone number/);
    await bench.patchUser(id, [{ op: 'add', value: phone }]);
    expect(await sent()).to.deep.equal(['invitationCode +4915112345678']);
    expect(await stateOf(tokenOf(link!))).to.equal('superseded');
    await bench.patchUser(id, [{ op: 'add', path: 'title', value: 'Mate' }]);
    expect(await sent()).to.deep.equal([]);
  });

  it('changes what waits for the start date without sending it before', async () => {
    const id = await bench.createUser(userBody('ines', { ...invited, startDate: '2031-06-01T08:00:00Z' }, phone));
    await bench.setOnboarding(id, { invitationMethod: 'smsOtp' });
    expect((await bench.onboarding(id)).status).to.equal('held');
    expect(await sent()).to.deep.equal([]);
  });
});
