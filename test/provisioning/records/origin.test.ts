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
});
