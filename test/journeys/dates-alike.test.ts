import { expect } from 'chai';
import { describeServed } from '../support/served-stores.ts';

const user = 'urn:ietf:params:scim:schemas:core:2.0:User';
const extension = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';
const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const bulk = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
const zone = 'Europe/Berlin';

/** What a date is read as in Berlin; undefined where it is refused. */
const dates: [unknown, string | undefined][] = [
  ['2031-12-01', '2031-11-30T23:00:00.000Z'],
  ['  2031-12-01  ', '2031-11-30T23:00:00.000Z'],
  ['20311201', '2031-11-30T23:00:00.000Z'],
  [20311201, '2031-11-30T23:00:00.000Z'],
  ['2031-12-01T00:00', '2031-11-30T23:00:00.000Z'],
  ['2031-12-01 08:00:00', '2031-12-01T07:00:00.000Z'],
  ['2031-12-01T08:00:00+0200', '2031-12-01T08:00:00+02:00'],
  ['2031-12-01 08:00+02', '2031-12-01T08:00:00+02:00'],
  ['20311201000000Z', '2031-12-01T00:00:00Z'],
  ['2031-12-01T08:00:00Z', '2031-12-01T08:00:00Z'],
  ['2031-02-30', undefined],
  ['20310230', undefined],
  ['2031-12-01T25:00', undefined],
  ['01.12.2031', undefined],
  ['soon', undefined],
];

describeServed('a date means the same by alias and under the extension', {}, (served) => {
  let count = 0;
  for (const profile of [undefined, 'okta', 'entra', 'strict'])
    it(`in every verb, for a client of profile ${profile ?? 'auto'}`, async () => {
      const call = (method: string, path: string, body?: unknown) =>
        served().scim(
          method,
          path,
          body,
          profile === undefined ? {} : { authorization: `Bearer ${served().token(profile)}` },
        );
      const whole = (userName: string, more: object) => ({ schemas: [user], userName, timezone: zone, ...more });
      const schemas = [user, extension];
      const later = { startDate: '2099-01-01T00:00:00Z' };

      for (const [date, meant] of dates) {
        const names: object[] = [
          { schemas, startDate: date },
          { schemas, [extension]: { startDate: date } },
        ];
        if (profile !== 'strict') names.push({ schemas, [`${extension}:startDate`]: date });
        for (const name of names) {
          const said = JSON.stringify(name);
          const userName = `dated-${(count += 1)}`;
          const made = await call('POST', '/Users', whole(userName, name));
          expect(made.status, `${said} ${JSON.stringify(made.body)}`).to.equal(meant === undefined ? 400 : 201);
          if (meant === undefined) expect(made.body).to.include({ scimType: 'invalidValue' });
          else expect(made.body[extension].startDate, said).to.equal(meant);
        }
        const { body: held } = await call(
          'POST',
          '/Users',
          whole(`held-${(count += 1)}`, { schemas, [extension]: later }),
        );
        const at = `/Users/${held.id}`;
        const patches: object[] = [
          { op: 'replace', path: 'startDate', value: date },
          { op: 'replace', path: `${extension}:startDate`, value: date },
          { op: 'add', value: { [extension]: { startDate: date } } },
        ];
        for (const operation of patches) {
          const said = JSON.stringify(operation);
          const data = { schemas: [patchOp], Operations: [operation] };
          const reset = { schemas: [patchOp], Operations: [{ op: 'replace', value: { [extension]: later } }] };
          expect((await call('PATCH', at, reset)).status).to.be.oneOf([200, 204]);
          const patched = await call('PATCH', at, data);
          expect(patched.status, `${said} ${JSON.stringify(patched.body)}`).to.be.oneOf(
            meant === undefined ? [400] : [200, 204],
          );
          const { body } = await call('GET', at);
          expect(body[extension].startDate, said).to.equal(meant ?? later.startDate);
          const operations = { schemas: [bulk], Operations: [{ method: 'PATCH', path: at, data }] };
          const [answer] = (await call('POST', '/Bulk', operations)).body.Operations;
          expect(Number(answer.status), said).to.be.oneOf(meant === undefined ? [400] : [200, 204]);
        }
        const put = await call('PUT', at, whole(held.userName, { schemas, [extension]: { startDate: date } }));
        expect(put.status, JSON.stringify({ date, body: put.body })).to.equal(meant === undefined ? 400 : 200);
      }
    });
});
