import { expect } from 'chai';
import { onBehalfOf, nameCaller } from '../../../src/domain/present-call.ts';
import { completeOrigin } from '../../../src/provisioning/records/origin.ts';

const ines = { id: 'u1', name: 'ines@example.com' };
const client = { kind: 'client', id: 'c1', name: 'Okta' } as const;

describe('the origin of a change', () => {
  it('says who and from where by itself', () => {
    const origin = { triggeredBy: 'scim', actor: client, address: '192.0.2.1', requestId: 'r1' } as const;
    expect(completeOrigin(origin, ines)).to.deep.equal(origin);
  });

  it('takes from the present call what it does not say itself', () => {
    const call = { requestId: 'r2', address: '192.0.2.2' };
    onBehalfOf(call, () => {
      nameCaller(client);
      expect(completeOrigin({ triggeredBy: 'admin_api' }, ines)).to.deep.equal({
        triggeredBy: 'admin_api',
        actor: client,
        ...call,
      });
    });
  });

  it('names the user for what users do themselves, through whichever client', () => {
    onBehalfOf({ actor: client }, () =>
      expect(completeOrigin({ triggeredBy: 'self' }, ines).actor).to.deep.equal({ kind: 'user', ...ines }),
    );
  });

  it('names Latchkey where nothing called, and the client by its name where only that is known', () => {
    expect(completeOrigin({ triggeredBy: 'system' }, ines).actor.kind).to.equal('system');
    expect(completeOrigin({ triggeredBy: 'system', client: 'hook' }, ines).actor).to.include({ kind: 'client' });
    expect(completeOrigin({ triggeredBy: 'import', client: 'b1' }, ines).actor).to.include({
      kind: 'import',
      id: 'b1',
    });
  });

  for (const [origin, actor] of [
    [{ triggeredBy: 'import' }, { kind: 'import', id: 'import', name: 'import' }],
    [
      { triggeredBy: 'scim', client: 'Okta' },
      { kind: 'client', id: 'Okta', name: 'Okta' },
    ],
    [
      { triggeredBy: 'admin_api', client: 'HR' },
      { kind: 'client', id: 'HR', name: 'HR' },
    ],
    [{ triggeredBy: 'scim' }, { kind: 'client', id: '', name: '' }],
  ] as const) {
    it(`of ${JSON.stringify(origin)} alone is ${actor.kind} '${actor.name}'`, () => {
      expect(completeOrigin(origin, ines).actor).to.deep.equal(actor);
    });
  }

  it('keeps what made the call and the language it wished for, and no empty address', () => {
    const call = { requestId: 'r1', address: '', agent: 'curl', locale: 'de' };
    onBehalfOf(call, () => {
      expect(completeOrigin({ triggeredBy: 'scim', actor: client }, ines)).to.deep.equal({
        triggeredBy: 'scim',
        actor: client,
        requestId: 'r1',
        agent: 'curl',
        locale: 'de',
      });
    });
  });
});
