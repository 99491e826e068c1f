import { expect } from 'chai';
import { eventually, type ScimAnswer } from '../support/launch.ts';
import { PageVisitor } from '../support/page-visitor.ts';
import { describeServed } from '../support/served-stores.ts';

const urn = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';
const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const bulk = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
const sent = 'Placeholder-by-the-client-42';
const own = 'a heron above the weir';

describeServed('a sync that repeats the password it sent before', {}, (served) => {
  let count = 0;
  const scim = (profile: string, method: string, path: string, body?: unknown): Promise<ScimAnswer> =>
    served().scim(method, path, body, { authorization: `Bearer ${served().token(profile)}` });
  const visitor = () => new PageVisitor(served().url);
  const bodyOf = (userName: string, onboarding: object, title?: string) => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', urn],
    userName,
    emails: [{ value: userName, type: 'work', primary: true }],
    password: sent,
    [urn]: onboarding,
    ...(title === undefined ? {} : { title }),
  });
  const mailsTo = async (address: string) => (await served().mails()).filter(({ to }) => to === address);
  const linkTo = (address: string): Promise<string> =>
    eventually(
      `a link to ${address}`,
      async () => (await mailsTo(address)).map(({ text }) => /https?:\S+set-password\?token=\S+/.exec(text)?.[0])[0],
    );
  const patch = (...Operations: object[]) => ({ schemas: [patchOp], Operations });

  type Sync = (profile: string, id: string, name: string, onboarding: object) => Promise<ScimAnswer>;
  const syncs: Readonly<Record<string, Sync>> = {
    PUT: (profile, id, name, onboarding) => scim(profile, 'PUT', `/Users/${id}`, bodyOf(name, onboarding, 'x')),
    'PUT in Bulk': (profile, id, name, onboarding) =>
      scim(profile, 'POST', '/Bulk', {
        schemas: [bulk],
        Operations: [{ method: 'PUT', path: `/Users/${id}`, data: bodyOf(name, onboarding, 'x') }],
      }),
    'PATCH without a path': (profile, id, _, onboarding) =>
      scim(
        profile,
        'PATCH',
        `/Users/${id}`,
        patch({ op: 'replace', value: { password: sent, title: 'x', [urn]: onboarding } }),
      ),
    'PATCH with paths': (profile, id, _, onboarding) =>
      scim(
        profile,
        'PATCH',
        `/Users/${id}`,
        patch(
          { op: 'replace', path: 'password', value: sent },
          ...Object.entries(onboarding).map(([key, value]) => ({ op: 'replace', path: `${urn}:${key}`, value })),
        ),
      ),
    'PATCH in Bulk': (profile, id, _, onboarding) =>
      scim(profile, 'POST', '/Bulk', {
        schemas: [bulk],
        Operations: [
          {
            method: 'PATCH',
            path: `/Users/${id}`,
            data: patch({ op: 'replace', value: { password: sent, [urn]: onboarding } }),
          },
        ],
      }),
  };

  const keepsOwn = async (profile: string, onboarding: object, begin: (name: string, id: string) => Promise<void>) => {
    for (const [way, sync] of Object.entries(syncs)) {
      const name = `${profile}${(count += 1)}@repeat.example`;
      const made = await scim(profile, 'POST', '/Users', bodyOf(name, onboarding));
      expect(made.status).to.equal(201);
      await begin(name, made.body.id);
      const mails = (await mailsTo(name)).length;
      for (const time of ['once', 'twice']) {
        const { status } = await sync(profile, made.body.id, name, onboarding);
        expect(status, `${way} ${time}`).to.be.oneOf([200, 204]);
      }
      expect((await visitor().signIn(name, own)).status, `${way}: own password`).to.equal(303);
      expect((await visitor().signIn(name, sent)).status, `${way}: what was sent`).not.to.equal(303);
      expect((await scim('auto', 'GET', `/Users/${made.body.id}`)).body[urn].status, way).to.equal('active');
      expect(await mailsTo(name), way).to.have.lengthOf(mails);
    }
  };
  const setByLink = async (name: string): Promise<void> => {
    const page = await visitor().open(await linkTo(name));
    expect((await visitor().submit(page, { newPassword: own })).status).to.be.below(400);
  };
  const changeOwn = async (name: string): Promise<void> => {
    const browser = visitor();
    await browser.signIn(name, sent);
    const form = await browser.open('/change-password');
    expect((await browser.submit(form, { currentPassword: sent, newPassword: own })).status).to.be.below(400);
    await eventually('the notice of the change', async () => (await mailsTo(name)).length > 0);
  };

  for (const profile of ['okta', 'auto', 'entra'])
    it(`keeps the password that an invited person chose (${profile})`, () =>
      keepsOwn(profile, { preRegistration: true }, setByLink));

  it('keeps it where a placeholder that was dropped comes with a wish to mail it (okta)', () =>
    keepsOwn('okta', { preRegistration: true, sendPassword: true }, setByLink));

  for (const profile of ['auto', 'entra'])
    it(`keeps the password that a person changed theirs to (${profile})`, () => keepsOwn(profile, {}, changeOwn));

  it('is told in the request log as said already, with and without a path', async () => {
    const name = 'told@repeat.example';
    const { body } = await scim('auto', 'POST', '/Users', bodyOf(name, {}));
    const calls = [
      patch({ op: 'replace', path: 'password', value: sent }, { op: 'add', path: 'nickName', value: 'I' }),
      patch({ op: 'replace', value: { password: sent } }),
      patch({ op: 'replace', path: 'password', value: 'Another-Password-of-Theirs-8' }),
    ];
    for (const call of calls) await scim('auto', 'PATCH', `/Users/${body.id}`, call);
    const outcomes = await eventually('the log of the calls', async () => {
      const answer = await fetch(`${served().url}/admin/v1/requests?count=50`, {
        headers: { authorization: `Bearer ${served().token('auto')}` },
      });
      const { requests } = (await answer.json()) as {
        requests: { method: string; path: string; operations?: any[] }[];
      };
      const found = requests.filter(({ method, path }) => method === 'PATCH' && path.includes(body.id));
      return (
        found.length === 3 && found.reverse().map(({ operations = [] }) => operations.map(({ outcome }) => outcome))
      );
    });
    expect(outcomes).to.deep.equal([['alreadyTrue', 'applied'], ['alreadyTrue'], ['applied']]);
  });

  it('and another password is one, by PUT and by PATCH, from Okta too', async () => {
    for (const [profile, write] of [
      [
        'okta',
        (id: string, password: string, name: string) =>
          scim('okta', 'PUT', `/Users/${id}`, { ...bodyOf(name, {}), password }),
      ],
      [
        'auto',
        (id: string, password: string) =>
          scim('auto', 'PATCH', `/Users/${id}`, patch({ op: 'replace', value: { password } })),
      ],
    ] as const) {
      const name = `other.${profile}@repeat.example`;
      const { body } = await scim(profile, 'POST', '/Users', bodyOf(name, {}));
      expect((await write(body.id, 'Another-Password-of-Theirs-7', name)).status).to.equal(200);
      expect((await visitor().signIn(name, 'Another-Password-of-Theirs-7')).status, profile).to.equal(303);
    }
  });
});
