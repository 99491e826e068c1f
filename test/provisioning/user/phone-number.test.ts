import { expect } from 'chai';
import { NumberLimit } from '../../../src/provisioning/messages/number-limit.ts';
import { phoneTarget } from '../../../src/provisioning/user/phone-number.ts';
import type { Json, JsonObject } from '../../../src/base/json.ts';
import { ProvisioningBench, userBody } from '../../support/provisioning-bench.ts';

describe('phoneTarget', () => {
  const settings = (countries: string[] = []) => new ProvisioningBench({ sms: { countries } }).settings;
  const phone = (value: string, more: JsonObject = {}): Json => ({ value, ...more });
  const target = (phones: Json[], countries: string[] = [], more: JsonObject = {}) =>
    Object.values(phoneTarget({ phoneNumbers: phones, ...more }, settings(countries)))[0] as string;

  const table: readonly [string, Json[], string[], JsonObject, string][] = [
    ['spaces and brackets', [phone('+49 (0)170 123 45-67')], [], {}, '+491701234567'],
    ['RFC 3966', [phone('tel:+1-201-555-0123')], [], {}, '+12015550123'],
    [
      "a local number by the user's country",
      [phone('0170 1234567')],
      [],
      { addresses: [{ country: 'de' }] },
      '+491701234567',
    ],
    [
      'a local number by the primary address',
      [phone('0170 1234567')],
      [],
      { addresses: [{ country: 'US' }, { country: 'DE', primary: true }] },
      '+491701234567',
    ],
    ['a local number by the first country of the settings', [phone('0170 1234567')], ['DE', 'FR'], {}, '+491701234567'],
    ['00 in place of +', [phone('0049 170 1234567')], ['FR', 'DE'], {}, '+491701234567'],
    [
      'the primary before the mobile',
      [phone('+491701234567', { type: 'mobile' }), phone('+491701234568', { primary: true })],
      [],
      {},
      '+491701234568',
    ],
    [
      'the mobile before the first',
      [phone('+493012345678', { type: 'work' }), phone('+491701234567', { type: 'mobile' })],
      [],
      {},
      '+491701234567',
    ],
    [
      'what can be used before what cannot',
      [phone('extension 12', { primary: true }), phone('+491701234567')],
      [],
      {},
      '+491701234567',
    ],
    [
      'what may be written to before what may not',
      [phone('+12015550123', { primary: true }), phone('+491701234567')],
      ['DE'],
      {},
      '+491701234567',
    ],
    ['no number', [], [], {}, 'There is no phone number to send to.'],
    ['an empty number', [phone(' ')], [], {}, 'There is no phone number to send to.'],
    [
      'a local number of nowhere',
      [phone('0170 1234567')],
      [],
      {},
      'The phone number has no country code, and no country is known for it.',
    ],
    ['a number that cannot be', [phone('+4917')], [], {}, 'The phone number does not exist.'],
    ['a word', [phone('call me')], ['DE'], {}, 'The phone number does not exist.'],
    [
      'a country that is not served',
      [phone('+12015550123')],
      ['DE'],
      {},
      'Text messages are not sent to US (sms.countries).',
    ],
    [
      'a neighbour under the same calling code',
      [phone('+18765550123')],
      ['US'],
      {},
      'Text messages are not sent to JM (sms.countries).',
    ],
  ];
  for (const [name, phones, countries, more, expected] of table) {
    it(`takes ${name}`, () => expect(target(phones, countries, more)).to.equal(expected));
  }
});

describe('text messages', () => {
  const phones = { phoneNumbers: [{ value: '+491701234567' }] };
  const invite = { preRegistration: true, invitationMethod: 'smsOtp' };

  it('fail visibly without a number that can be used, and go once there is one', async () => {
    const bench = new ProvisioningBench({ sms: { countries: ['DE'] } });
    const id = await bench.createUser(userBody('ines', invite, { phoneNumbers: [{ value: '+12015550123' }] }));
    expect(await bench.deliver()).to.deep.equal([]);
    expect((await bench.onboarding(id)).status).to.equal('failed');
    expect((await bench.onboarding(id)).deliveries?.[0]).to.include({
      channel: 'sms',
      state: 'failed',
      reply: 'Text messages are not sent to US (sms.countries).',
    });
    await bench.patchUser(id, [{ op: 'replace', path: 'phoneNumbers', value: [{ value: '0170 1234567' }] }]);
    expect((await bench.deliver()).map(({ to }) => to)).to.deep.equal(['+491701234567']);
  });

  it('say what is wrong where the tenant refuses users without an address', async () => {
    const bench = new ProvisioningBench({ onboarding: { noAddress: 'refuse' } });
    const refusal = await bench
      .createUser(userBody('ines', invite, { phoneNumbers: [{ value: '12' }] }))
      .catch((error: Error) => error.message);
    expect(refusal).to.match(/^phoneNumbers: .*no country code/);
  });

  it('wait when a number has had its share for the hour, also for another user, and after a restart', async () => {
    const bench = new ProvisioningBench({ sms: { perNumberHourly: 2 } });
    const id = await bench.createUser(userBody('ines', invite, phones));
    expect(await bench.deliver()).to.have.lengthOf(1);
    bench.passMinutes(10);
    await bench.createUser(userBody('uma', invite, phones));
    expect(await bench.deliver()).to.have.lengthOf(1);
    bench.passMinutes(10);
    await bench.setOnboarding(id, { resend: 'again' });
    expect(await bench.deliver()).to.deep.equal([]);
    expect(await bench.onboarding(id)).to.deep.include({ status: 'held' });
    expect((await bench.onboarding(id)).deliveries?.[0]).to.include({
      state: 'held',
      reply: 'this number has had its text messages for the hour',
    });
    bench.passMinutes(39);
    expect(await bench.deliver()).to.deep.equal([]);
    bench.passMinutes(1);
    expect(await bench.deliver()).to.have.lengthOf(1);
  });

  it('are counted by the clock, back and forth', () => {
    const limit = new NumberLimit();
    const at = (minutes: number) => new Date(Date.parse('2031-05-06T07:00:00Z') + minutes * 60_000);
    limit.count('+1', at(0));
    limit.count('+1', at(10));
    expect(limit.opensAt('+1', [], 2, at(20))).to.deep.equal(at(60));
    expect(limit.opensAt('+2', [], 2, at(20))).to.equal(undefined);
    expect(limit.opensAt('+2', [at(15), at(5)], 2, at(20))).to.deep.equal(at(65));
    expect(limit.opensAt('+1', [], 2, at(-600))).to.equal(undefined);
    expect(limit.opensAt('+1', [], 2, at(61))).to.equal(undefined);
  });
});
