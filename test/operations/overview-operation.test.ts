import { expect } from 'chai';
import { AdminBench } from '../support/admin-bench.ts';
import { tenant, userBody } from '../support/provisioning-bench.ts';

const right = 'seven small boats at dawn';

describe('GET /admin/v1/overview', () => {
  it('counts people by state, an invitation that has run out as expired before the sweep has seen it', async () => {
    const bench = new AdminBench();
    const { provisioning } = bench;
    await provisioning.createUser(userBody('ada', { preRegistration: true }));
    await provisioning.createUser(userBody('ben', { preRegistration: true }));
    await provisioning.createUser(userBody('cleo', {}, { password: right }));
    await provisioning.deliver();
    const states = async () => {
      const { body } = await bench.call('get', '/admin/v1/overview');
      return Object.fromEntries(
        (body.people.states as { state: string; count: number }[])
          .filter(({ count }) => count > 0)
          .map(({ state, count }) => [state, count]),
      );
    };
    expect(await states()).to.deep.equal({ invited: 2, none: 1 });
    provisioning.passMinutes(1441);
    expect(await states()).to.deep.equal({ expired: 2, none: 1 });
    await provisioning.sweep.run(tenant);
    expect(await states()).to.deep.equal({ expired: 2, none: 1 });
  });

  it('shows fourteen days of messages, those without any too', async () => {
    const bench = new AdminBench();
    const day = { tenant, channel: 'email' } as const;
    bench.deliveryDays.note({ ...day, state: 'sent' });
    bench.deliveryDays.note({ ...day, state: 'sent' });
    bench.deliveryDays.note({ ...day, state: 'dead' });
    bench.deliveryDays.note({ ...day, state: 'queued' });
    bench.deliveryDays.note({ ...day, channel: 'webhook', state: 'dead' });
    const { body } = await bench.call('get', '/admin/v1/overview');
    expect(body.deliveries).to.have.length(14);
    expect(body.deliveries.at(-1)).to.include({ delivered: 2, failed: 1 });
    expect(body.deliveries.at(0)).to.include({ delivered: 0, failed: 0 });
  });
});
