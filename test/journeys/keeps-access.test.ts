import { expect } from 'chai';
import type { ScimAnswer } from '../support/launch.ts';
import { describeServed } from '../support/served-stores.ts';

const core = 'urn:ietf:params:scim:schemas:core:2.0:User';
const urn = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';
const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const bulk = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
const secret = 'a heron above the weir';
const profiles = ['auto', 'okta', 'entra', 'strict'] as const;

describeServed('no write that does not name a thing widens access', {}, (served) => {
  const as = (profile: string) => ({ authorization: `Bearer ${served().token(profile)}` });
  const scim = (profile: string, method: string, path: string, body?: unknown): Promise<ScimAnswer> =>
    served().scim(method, path, body, as(profile));
  const patch = (profile: string, path: string, ...Operations: object[]) =>
    scim(profile, 'PATCH', path, { schemas: [patchOp], Operations });
  const body = (userName: string, more: object = {}) => ({
    schemas: [core],
    userName,
    emails: [{ value: userName, type: 'work', primary: true }],
    ...more,
  });
  const verify = async (userName: string, password = secret): Promise<string> => {
    const answer = await fetch(`${served().url}/auth/v1/verify`, {
      method: 'POST',
      headers: { ...as('auto'), 'content-type': 'application/json' },
      body: JSON.stringify({ userName, password }),
    });
    return ((await answer.json()) as { result: string }).result;
  };

  async function leaver(name: string): Promise<string> {
    const made = await scim('auto', 'POST', '/Users', body(name, { password: secret }));
    expect(made.status).to.equal(201);
    const path = `/Users/${made.body.id}`;
    expect(await verify(name)).to.equal('ok');
    expect((await patch('auto', path, { op: 'replace', path: 'active', value: false })).body.active).to.equal(false);
    expect(await verify(name)).to.equal('invalid');
    return path;
  }

  for (const profile of profiles) {
    it(`a deactivated user stays so through every write of a client with the profile ${profile}`, async () => {
      const name = `leaver-${profile}@keeps.example`;
      const path = await leaver(name);
      const id = path.slice('/Users/'.length);
      const kept = async (what: string, answer: ScimAnswer, ...statuses: number[]) => {
        expect(answer.status, `${what}: ${JSON.stringify(answer.body)}`).to.be.oneOf(statuses);
        expect((await scim('auto', 'GET', path)).body.active, what).to.equal(false);
      };
      const refused = async (what: string, answer: ScimAnswer, ...types: string[]) => {
        await kept(what, answer, 400);
        expect(answer.body.scimType, what).to.be.oneOf(types);
        expect(answer.body.detail, what).to.match(/active/i);
      };
      await kept('PUT without it', await scim(profile, 'PUT', path, body(name, { title: 'Mate' })), 200);
      const batch = { schemas: [bulk], Operations: [{ method: 'PUT', path, data: body(name, { title: 'Cook' }) }] };
      await kept('Bulk PUT without it', await scim(profile, 'POST', '/Bulk', batch), 200);
      for (const empty of ['', null, []]) {
        const said = JSON.stringify(empty);
        await refused(`PUT ${said}`, await scim(profile, 'PUT', path, body(name, { active: empty })), 'invalidValue');
        await refused(
          `PUT ACTIVE ${said}`,
          await scim(profile, 'PUT', path, body(name, { ACTIVE: empty })),
          'invalidValue',
        );
        await refused(
          `PUT by URN ${said}`,
          await scim(profile, 'PUT', path, body(name, { [`${core}:active`]: empty })),
          'invalidValue',
        );
        for (const op of ['replace', 'add']) {
          await refused(
            `PATCH ${op} ${said}`,
            await patch(profile, path, { op, path: 'active', value: empty }),
            'invalidValue',
          );
          await refused(
            `PATCH ${op} by URN ${said}`,
            await patch(profile, path, { op, path: `${core}:active`, value: empty }),
            'invalidValue',
          );
          await refused(
            `path-less PATCH ${op} ${said}`,
            await patch(profile, path, { op, value: { active: empty } }),
            'invalidValue',
          );
        }
      }
      for (const remove of ['active', 'ACTIVE', `${core}:active`])
        await refused(
          `PATCH remove ${remove}`,
          await patch(profile, path, { op: 'remove', path: remove }),
          'mutability',
        );
      await refused(
        'false, then removed',
        await patch(profile, path, { op: 'replace', path: 'active', value: false }, { op: 'remove', path: 'active' }),
        'mutability',
      );
      const failed = await scim(profile, 'POST', '/Bulk', {
        schemas: [bulk],
        Operations: [
          { method: 'PATCH', path, data: { schemas: [patchOp], Operations: [{ op: 'remove', path: 'active' }] } },
        ],
      });
      expect(failed.body.Operations[0].status).to.equal('400');
      expect((await scim('auto', 'GET', path)).body.active).to.equal(false);
      await kept('PUT without it, last', await scim(profile, 'PUT', path, body(name)), 200);
      expect(await verify(name)).to.equal('invalid');
      expect((await scim(profile, 'PUT', path, body(name, { active: true }))).body.active).to.equal(true);
      expect(await verify(name)).to.equal('ok');
      expect((await scim('auto', 'GET', `/Users/${id}`)).body.active).to.equal(true);
    });
  }

  it('an alias that maps onto active is no way around it', async () => {
    const name = 'alias@keeps.example';
    const path = await leaver(name);
    for (const alias of ['accountLocked', 'urn:scim:wso2:schema:accountLocked']) {
      for (const empty of ['', null]) {
        const answers = [
          await scim('auto', 'PUT', path, body(name, { [alias]: empty })),
          await patch('auto', path, { op: 'replace', path: alias, value: empty }),
          await patch('auto', path, { op: 'replace', value: { [alias]: empty } }),
        ];
        expect(answers.map(({ status, body: said }) => `${status} ${said.scimType}`)).to.deep.equal(
          answers.map(() => '400 invalidValue'),
        );
      }
      expect((await patch('auto', path, { op: 'remove', path: alias })).body.scimType).to.equal('mutability');
      expect((await scim('auto', 'PUT', path, body(name, { [alias]: true }))).body.active).to.equal(false);
      expect((await scim('auto', 'PUT', path, body(name))).body.active).to.equal(false);
    }
    expect(await verify(name)).to.equal('invalid');
    expect((await scim('auto', 'PUT', path, body(name, { accountLocked: false }))).body.active).to.equal(true);
  });

  it('what holds a user back survives a PUT that leaves it out, and the removal of its whole extension', async () => {
    for (const profile of profiles) {
      const name = `held-${profile}@keeps.example`;
      const held = { startDate: '2099-01-01T00:00:00Z', verifyEmail: true, forcePasswordReset: true };
      const made = await scim('auto', 'POST', '/Users', body(name, { password: secret, [urn]: held }));
      const path = `/Users/${made.body.id}`;
      await scim(profile, 'PUT', path, body(name, { title: 'Mate' }));
      await patch(profile, path, { op: 'remove', path: urn });
      await scim(profile, 'PUT', path, body(name, { title: 'Cook', [urn]: { application: 'yard' } }));
      expect((await scim('auto', 'GET', path)).body[urn]).to.include(held);
      expect(await verify(name)).to.equal('notStarted');
    }
  });

  it('a user created without active is found by every filter on it', async () => {
    for (const profile of profiles) {
      const name = `default-${profile}@keeps.example`;
      const made = await scim(profile, 'POST', '/Users', body(name));
      expect(made.body.active).to.equal(true);
      const found = async (filter: string) =>
        (
          await scim(
            'auto',
            'GET',
            `/Users?filter=${encodeURIComponent(`userName eq "${name}" and ${filter}`)}&attributes=id`,
          )
        ).body.totalResults;
      expect(await found('active eq true')).to.equal(1);
      expect(await found('active pr')).to.equal(1);
      expect(await found('active eq false')).to.equal(0);
    }
  });

  it('a create with an empty active is refused', async () => {
    for (const empty of ['', null]) {
      const answer = await scim('auto', 'POST', '/Users', body('empty@keeps.example', { active: empty }));
      expect(answer.body).to.include({ status: '400', scimType: 'invalidValue' });
    }
  });

  it('a lock said beside active, in operations of their own, brings no leaver back', async () => {
    const name = 'apart@keeps.example';
    const path = await leaver(name);
    const locked = (value: unknown) => ({ op: 'replace', path: 'urn:scim:wso2:schema:accountLocked', value });
    const active = (value: unknown) => ({ op: 'replace', path: 'active', value });
    for (const operations of [
      [active(false), locked(false)],
      [locked('False'), active('False')],
      [locked(true), active(true)],
      [active(true), locked(true)],
    ]) {
      const { status, body: after } = await patch('auto', path, ...operations);
      expect([status, after.active], JSON.stringify(operations)).to.deep.equal([200, false]);
      expect(await verify(name)).to.equal('invalid');
    }
    expect((await patch('auto', path, locked('yes'))).body.scimType).to.equal('invalidValue');
    expect((await patch('auto', path, active(true), locked(false))).body.active).to.equal(true);
  });

  describe('a placeholder password of an invited user', () => {
    const admin = async (path: string, sent: object = {}) => {
      const answer = await fetch(`${served().url}/admin/v1${path}`, {
        method: 'POST',
        headers: { ...as('auto'), 'content-type': 'application/json' },
        body: JSON.stringify(sent),
      });
      return answer.status;
    };
    const invited = async (name: string, method?: string): Promise<string> => {
      const onboarding = { preRegistration: true, ...(method === undefined ? {} : { invitationMethod: method }) };
      const made = await scim('auto', 'POST', '/Users', body(name, { password: secret, [urn]: onboarding }));
      expect(made.status).to.equal(201);
      expect(await verify(name)).to.equal('locked');
      return made.body.id;
    };

    it('lets them in through no deletion and restoring, nor through calling the invitation off', async () => {
      for (const method of ['emailLink', 'emailOtp']) {
        const name = `restored-${method}@keeps.example`;
        const id = await invited(name, method);
        await scim('auto', 'DELETE', `/Users/${id}`);
        expect(await admin(`/users/${id}/restore`)).to.equal(200);
        expect(await verify(name), 'restored').to.equal('locked');
        const { body: shown } = await scim('auto', 'GET', `/Users/${id}`);
        expect(shown[urn]).to.include({ preRegistration: true, locked: true, lockedReason: 'pendingPassword' });
        expect(await admin(`/users/${id}/invite`)).to.equal(200);
        expect(await admin(`/users/${id}/cancel`)).to.equal(200);
        expect(await verify(name), 'called off').to.equal('locked');
      }
    });

    for (const profile of profiles)
      it(`lets them in through no write that does not say false (profile ${profile})`, async () => {
        const name = `placeholder-${profile}@keeps.example`;
        const path = `/Users/${await invited(name)}`;
        await patch(profile, path, { op: 'remove', path: urn });
        await patch(profile, path, { op: 'replace', value: { [urn]: null } });
        await scim(profile, 'PUT', path, body(name, { [urn]: { preRegistration: null } }));
        await patch(profile, path, { op: 'replace', path: 'password', value: `${secret} again` });
        await patch(profile, path, { op: 'replace', path: 'password', value: secret });
        for (const empty of ['', null])
          for (const operation of [
            { op: 'replace', value: { [urn]: { preRegistration: empty } } },
            { op: 'replace', value: { preRegistration: empty } },
            { op: 'replace', value: { 'urn:scim:wso2:schema': { askPassword: empty } } },
            { op: 'replace', path: `${urn}:preRegistration`, value: empty },
            { op: 'replace', path: `${urn}:verifyEmail`, value: empty },
          ]) {
            const { status } = await patch(profile, path, operation);
            expect(status, JSON.stringify(operation)).to.equal(400);
          }
        expect(await verify(name)).to.equal('locked');
        await patch(profile, path, { op: 'replace', path: `${urn}:preRegistration`, value: false });
        expect(await verify(name)).to.equal('ok');
      });

    it('makes way for one that an administrator tells them, which works on, whatever invites them anew', async () => {
      const told = 'nine herons by the weir';
      for (const again of ['restored', 'activated', 'resent']) {
        const name = `told-${again}@keeps.example`;
        const id = await invited(name);
        const path = `/Users/${id}`;
        expect(await admin(`/users/${id}/password`, { password: told, send: false, forceChange: false })).to.equal(200);
        if (again === 'restored') {
          await scim('auto', 'DELETE', path);
          await admin(`/users/${id}/restore`);
        } else if (again === 'activated') {
          await patch('auto', path, { op: 'replace', path: 'active', value: false });
          await patch('auto', path, { op: 'replace', path: 'active', value: true });
        } else await patch('auto', path, { op: 'replace', path: `${urn}:resend`, value: '1' });
        expect((await scim('auto', 'GET', path)).body[urn].locked, again).to.equal(false);
        expect(await verify(name), 'the placeholder').to.equal('invalid');
        expect(await verify(name, told), again).to.equal('ok');
      }
    });

    it('of a deactivated user who is invited late works on when they are activated again', async () => {
      const name = 'late@keeps.example';
      const made = await scim('auto', 'POST', '/Users', body(name, { password: secret, active: false }));
      const path = `/Users/${made.body.id}`;
      await scim('auto', 'PUT', path, body(name, { active: false, [urn]: { preRegistration: true } }));
      await patch('auto', path, { op: 'replace', path: 'active', value: true });
      expect(await verify(name)).to.equal('ok');
    });
  });
});
