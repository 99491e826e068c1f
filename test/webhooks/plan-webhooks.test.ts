import { expect } from 'chai';
import type { DomainEvent } from '../../src/domain/events.ts';
import type { WebhookEndpoint } from '../../src/config/settings.ts';
import { planWebhooks } from '../../src/webhooks/plan-webhooks.ts';

function event(changes: Partial<DomainEvent> = {}): DomainEvent {
  return {
    id: '0193-e1',
    tenant: 'default',
    type: 'user.created',
    at: '2026-11-21T09:00:00.000Z',
    resourceType: 'User',
    resourceId: 'u1',
    version: 1,
    triggeredBy: 'scim',
    client: 'okta',
    requestId: 'r1',
    data: { userName: 'ines' },
    ...changes,
  };
}

function endpoint(id: string, ...events: string[]): WebhookEndpoint {
  return { id, kind: 'http', attributes: [], url: `https://${id}.example/hook`, secrets: ['env:X'], events };
}

describe('planWebhooks', () => {
  it('files one delivery for each endpoint that asked, the same ones every time', () => {
    const endpoints = [endpoint('crm', 'user.*'), endpoint('door', 'password.changed'), endpoint('all', '*')];
    const planned = planWebhooks(event(), endpoints);
    expect(planned.map(({ id, domain, userId, messageId }) => [id, domain, userId, messageId])).to.deep.equal([
      ['0193-e1.webhook.crm', 'webhook:crm', 'webhook:crm', 'msg_0193-e1'],
      ['0193-e1.webhook.all', 'webhook:all', 'webhook:all', 'msg_0193-e1'],
    ]);
    expect(planWebhooks(event(), endpoints)).to.deep.equal(planned);
  });

  it('says what happened, to what, and what set it off', () => {
    expect(planWebhooks(event(), [endpoint('crm', '*')])[0]?.data).to.deep.equal({
      endpoint: 'crm',
      payload: {
        type: 'user.created',
        timestamp: '2026-11-21T09:00:00.000Z',
        data: {
          userName: 'ines',
          tenant: 'default',
          resourceType: 'User',
          resourceId: 'u1',
          version: 1,
          triggered_by: 'scim',
          client: 'okta',
          requestId: 'r1',
        },
      },
    });
  });

  it('lets no data of an event pass for what we say', () => {
    const { payload } = planWebhooks(event({ data: { triggered_by: 'nobody', resourceId: 'u2' } }), [
      endpoint('crm', '*'),
    ])[0]!.data;
    expect(payload).to.have.property('data').that.includes({ triggered_by: 'scim', resourceId: 'u1' });
  });

  for (const type of ['invitation.requested', 'recovery.requested', 'deliveries.cancelled', 'signIn.failed'] as const) {
    it(`keeps ${type} inside`, () => expect(planWebhooks(event({ type }), [endpoint('crm', '*')])).to.deep.equal([]));
  }

  it('tells an import only where its batch asked for it', () => {
    const imported = (data: DomainEvent['data']) =>
      planWebhooks(event({ triggeredBy: 'import', data }), [endpoint('crm', '*')]);
    expect(imported({})).to.have.length(0);
    expect(imported({ webhooks: true })[0]?.data['payload'])
      .to.have.property('data')
      .that.includes({ triggered_by: 'import' })
      .and.not.property('webhooks');
  });

  it('matches a name only as a whole', () => {
    expect(
      planWebhooks(event({ type: 'user.updated' }), [
        endpoint('a', 'user.update'),
        endpoint('b', 'user'),
        endpoint('c', 'use.*'),
      ]),
    ).to.have.length(0);
  });

  it('sends checkpoints of the audit, which come each minute, to those alone who name them', () => {
    const endpoints = [endpoint('all', '*'), endpoint('siem', 'audit.checkpoint'), endpoint('archive', 'audit.*')];
    const planned = planWebhooks(event({ type: 'audit.checkpoint' }), endpoints);
    expect(planned.map(({ data }) => data['endpoint'])).to.deep.equal(['siem', 'archive']);
  });
});
