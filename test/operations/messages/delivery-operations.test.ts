import { expect } from 'chai';
import type { Delivery } from '../../../src/notify/delivery/delivery.ts';
import { AdminBench } from '../../support/admin-bench.ts';
import { tenant } from '../../support/provisioning-bench.ts';

/** A bench whose outbox has these messages. */
function withMessages(...messages: readonly Partial<Delivery>[]): AdminBench {
  const bench = new AdminBench();
  const now = new Date(bench.provisioning.now).toISOString();
  for (const [at, message] of messages.entries()) {
    const id = `m${String(at).padStart(4, '0')}.invitation`;
    bench.outbox.deliveries.set(id, {
      id,
      tenant,
      channel: 'email',
      template: 'invitation',
      userId: 'u1',
      eventId: 'e',
      data: {},
      state: 'queued',
      createdAt: now,
      notBefore: now,
      attempts: 0,
      domain: 'harbour.example',
      messageId: `<${id}>`,
      reported: true,
      ...message,
    });
  }
  return bench;
}

const later = '2099-01-01T00:00:00.000Z';
const idsOf = async (bench: AdminBench, query: string) => {
  const { body } = await bench.call('get', `/admin/v1/deliveries?${query}`);
  return [(body.deliveries as { id: string }[]).map(({ id }) => id.split('.', 1)[0]), body.next as string | undefined];
};

describe('/admin/v1/deliveries', () => {
  it('lists what waits for its moment apart from what is tried again', async () => {
    const bench = withMessages({ notBefore: later }, { attempts: 2, notBefore: later }, {}, { state: 'sent' });
    expect((await idsOf(bench, 'state=held'))[0]).to.deep.equal(['m0000']);
    expect((await idsOf(bench, 'state=retrying'))[0]).to.deep.equal(['m0001']);
    expect((await idsOf(bench, 'state=queued'))[0]).to.deep.equal(['m0002', 'm0001', 'm0000']);
  });

  it('goes on where a page of them ended, and looks at no more than it must', async () => {
    const bench = withMessages(...Array.from({ length: 600 }, (_, at) => (at % 100 === 0 ? { notBefore: later } : {})));
    const [first, next] = await idsOf(bench, 'state=held&count=4');
    expect(first).to.deep.equal(['m0500', 'm0400', 'm0300', 'm0200']);
    const [second, end] = await idsOf(bench, `state=held&count=4&before=${String(next)}`);
    expect([second, end]).to.deep.equal([['m0100', 'm0000'], undefined]);
  });

  it('tells how messages fare by channel and domain, the worst first', async () => {
    const bench = withMessages(
      { state: 'sent', domain: 'good.example' },
      { state: 'dead', domain: 'bad.example', lastReply: '550 5.1.1 no such user' },
      { attempts: 1, domain: 'slow.example', lastReply: '452 4.2.2 full' },
      { notBefore: later, domain: 'slow.example' },
      { state: 'sent', channel: 'webhook', domain: 'webhook:crm' },
    );
    const { body } = await bench.call('get', '/admin/v1/deliveries/health');
    expect(body.looked).to.equal(5);
    expect(body.channels).to.deep.include({ name: 'webhook', sent: 1, retrying: 0, held: 0, dead: 0 });
    expect(body.domains.map(({ name }: { name: string }) => name)).to.deep.equal([
      'bad.example',
      'slow.example',
      'good.example',
    ]);
    expect(body.domains[1]).to.include({ retrying: 1, held: 1, reply: '452 4.2.2 full' });
  });
});
