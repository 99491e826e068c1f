import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { requeue, requeueAll } from '../../src/cli/requeue.ts';
import { systemClock } from '../../src/clock.ts';
import { readConfig } from '../../src/config/config.ts';
import { rootTenant } from '../../src/tenancy/tenant.ts';
import type { Delivery } from '../../src/notify/delivery/delivery.ts';
import { readOnboarding, writeOnboarding } from '../../src/provisioning/user/latchkey-extension.ts';
import { emptyAccount } from '../../src/provisioning/records/account.ts';
import { RecordWriter } from '../../src/provisioning/records/record-writer.ts';
import { composeCore } from '../../src/composition/compose-core.ts';
import type { Core } from '../../src/composition/core.ts';
import { createLog } from '../../src/log.ts';
import type { Store } from '../../src/store/store.ts';
import { userType } from '../support/resource-types.ts';

const at = '2026-03-01T08:00:00.000Z';

describe('latchkey requeue', () => {
  let folder = '';
  let core: Core;
  let store: Store;
  const dead = (id: string, template: Delivery['template']): Delivery => ({
    id,
    tenant: rootTenant,
    channel: 'email',
    template,
    userId: 'u1',
    eventId: 'e1',
    data: {},
    state: 'dead',
    createdAt: at,
    notBefore: at,
    endedAt: at,
    attempts: 3,
    messageId: `<${id}@mail.example>`,
    lastReply: '550 no',
    reported: true,
  });
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'latchkey-requeue-'));
    const { config } = readConfig({ LATCHKEY_DATA_DIR: folder, LATCHKEY_KEY: Buffer.alloc(32, 1).toString('base64') });
    core = await composeCore(config, 'https://keys.example', createLog('silent'));
    store = core.store;
    const line = {
      id: 'notice',
      channel: 'email',
      template: 'activated',
      state: 'dead',
      attempts: 3,
      at,
      reply: '550 no',
    } as const;
    await new RecordWriter(store.resources, systemClock).create(
      { tenant: rootTenant, type: userType, id: 'u1' },
      { resource: writeOnboarding({ userName: 'ines' }, { deliveries: [line] }), account: emptyAccount, events: [] },
      { origin: { triggeredBy: 'system' } },
    );
    await store.outbox.settleEvents([], [dead('notice', 'activated'), dead('old', 'invitation')]);
  });
  after(async () => {
    await core.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const refusal = async (id: string): Promise<string> =>
    requeue(core, rootTenant, id).then(
      () => 'none',
      (error: Error) => error.message,
    );

  it("queues it again, and the user's timeline tells so", async () => {
    expect(await requeue(core, rootTenant, 'notice')).to.include({ state: 'queued', attempts: 0 });
    const { deliveries = [] } = readOnboarding((await store.resources.get(rootTenant, 'User', 'u1'))!.resource);
    expect(deliveries.map(({ id, state, reply }) => [id, state, reply])).to.deep.equal([
      ['notice', 'queued', undefined],
      ['notice.dead', 'dead', '550 no'],
    ]);
    expect((await store.outbox.pendingEvents(10)).map(({ type, client }) => [type, client])).to.deep.equal([
      ['delivery.requeued', 'command line'],
    ]);
  });

  it('refuses what nobody waits for, and what is not there', async () => {
    expect(await refusal('old')).to.match(/does not wait/);
    expect(await refusal('notice')).to.match(/is queued/);
    expect(await refusal('absent')).to.match(/no delivery/);
  });

  it('queues all of a state again whose reply names the reason, and says which it could not', async () => {
    const quota = { lastReply: '550 5.4.5 Daily QUOTA exceeded' };
    await store.outbox.settleEvents(
      [],
      [
        { ...dead('quota.notice', 'activated'), ...quota },
        { ...dead('quota.invitation', 'invitation'), ...quota },
        dead('other.notice', 'activated'),
      ],
    );
    const { requeued, refused } = await requeueAll(core, rootTenant, { state: 'dead', reason: 'quota' });
    expect(requeued).to.deep.equal(['quota.notice']);
    expect(refused.map(({ id }) => id)).to.deep.equal(['quota.invitation']);
    expect(refused[0]!.reason).to.match(/does not wait/);
    expect((await store.outbox.find(rootTenant, 'other.notice'))?.state).to.equal('dead');
  });
});
