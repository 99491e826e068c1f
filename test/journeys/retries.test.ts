import { expect } from 'chai';
import { eventually, type ScimAnswer } from '../support/launch.ts';
import { describeServed } from '../support/served-stores.ts';

const urn = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';
/** `RETRIES=10000 NIGHTS=100` is what the product promises; this is enough for every day. */
const retries = Number(process.env['RETRIES'] ?? 200);
const nights = Number(process.env['NIGHTS'] ?? 10);
const atOnce = 20;

describeServed('a client that repeats itself', {}, (served) => {
  const user = (userName: string, more: object = {}) => ({
    userName,
    emails: [{ value: userName, primary: true }],
    [urn]: { preRegistration: true },
    ...more,
  });
  const create = (userName: string, headers?: Record<string, string>): Promise<ScimAnswer> =>
    served().scim('POST', '/Users', user(userName), headers);
  const mailsTo = async (address: string) => (await served().mails()).filter(({ to }) => to === address);
  const onboarding = async (path: string) => (await served().scim('GET', path)).body[urn];

  /** Sends as many, some of them at once; answers how many of each status came back. */
  async function repeat(times: number, send: (time: number) => Promise<ScimAnswer>): Promise<Map<number, number>> {
    const statuses = new Map<number, number>();
    let begun = 0;
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        while (begun < times) {
          begun += 1;
          const { status } = await send(begun);
          statuses.set(status, (statuses.get(status) ?? 0) + 1);
        }
      }),
    );
    return statuses;
  }

  async function mailedOnce(address: string): Promise<void> {
    const { body } = await served().scim('GET', `/Users?filter=${encodeURIComponent(`userName eq "${address}"`)}`);
    expect(body.totalResults).to.equal(1);
    const path = `/Users/${body.Resources[0].id}`;
    await eventually('the invitation', async () => (await onboarding(path)).status === 'invited');
    await create('marker@retries.example');
    await eventually('a later mail', async () => (await mailsTo('marker@retries.example')).length > 0);
    expect(await mailsTo(address)).to.have.lengthOf(1);
    await served().scim(
      'DELETE',
      `/Users/${(await served().scim('GET', '/Users?filter=userName%20eq%20%22marker@retries.example%22')).body.Resources[0].id}`,
    );
  }

  it(`gets one user and one mail of ${retries} creates, one after another and at once`, async function () {
    this.timeout(60_000 + retries * 60);
    const statuses = await repeat(retries, () => create('again@retries.example'));
    expect([...statuses].sort()).to.deep.equal([
      [201, 1],
      [409, retries - 1],
    ]);
    await mailedOnce('again@retries.example');
  });

  it(`gets one user and one mail of ${retries} creates under one Idempotency-Key, and the same answer each time`, async function () {
    this.timeout(60_000 + retries * 60);
    const ids = new Set<string>();
    const statuses = await repeat(retries, async () => {
      const answer = await create('keyed@retries.example', { 'idempotency-key': 'hire-4711' });
      ids.add(answer.body.id);
      return answer;
    });
    expect([...statuses]).to.deep.equal([[201, retries]]);
    expect(ids.size).to.equal(1);
    await mailedOnce('keyed@retries.example');
  });

  it(`leaves flags and the open invitation alone through ${nights} nightly profiles by PUT`, async function () {
    this.timeout(60_000 + nights * 500);
    const name = 'nightly@retries.example';
    const { body } = await served().scim(
      'POST',
      '/Users',
      user(name, { [urn]: { preRegistration: true, forcePasswordReset: true, startDate: '2020-01-01T00:00:00Z' } }),
    );
    const path = `/Users/${body.id}`;
    const before = await eventually('the invitation', async () => {
      const state = await onboarding(path);
      return state.status === 'invited' && state;
    });
    const link = (await mailsTo(name))[0]!.text.match(/https?:\/\/\S+/)![0];
    for (let night = 1; night <= nights; night += 1) {
      const profile = {
        userName: name,
        emails: [{ value: name, primary: true }],
        title: `night ${night}`,
        active: true,
      };
      for (const sent of [
        profile,
        { ...profile, [urn]: { preRegistration: true } },
        { ...profile, [urn]: { preRegistration: 'True', forcePasswordReset: 'True' } },
      ]) {
        expect((await served().scim('PUT', path, sent)).status).to.equal(200);
      }
    }
    expect(await onboarding(path)).to.deep.equal(before);
    expect((await fetch(link)).status).to.equal(200);
    await mailedOnce(name);
  });
});
