import { expect } from 'chai';
import type { DomainEvent, EventType } from '../../../src/domain/events.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { planDeliveries } from '../../../src/notify/delivery/plan.ts';

const event = (type: EventType, data: JsonObject = {}): DomainEvent => ({
  id: 'e1',
  tenant: 'default',
  type,
  at: '2026-11-21T09:00:00.000Z',
  resourceType: 'User',
  resourceId: 'u1',
  version: 3,
  triggeredBy: 'scim',
  data,
});
const planned = (type: EventType, data?: JsonObject) =>
  planDeliveries(event(type, data), 'mail.example').map(({ channel, template }) => `${channel} ${template}`);

describe('planDeliveries', () => {
  const table: readonly [EventType, JsonObject, string[]][] = [
    ['invitation.requested', { method: 'emailLink' }, ['email invitation']],
    ['invitation.requested', { method: 'emailOtp' }, ['email invitationCode']],
    ['invitation.requested', { method: 'smsOtp' }, ['sms invitationCode']],
    ['invitation.requested', {}, ['email invitation']],
    ['recovery.requested', { method: 'emailLink' }, ['email recovery']],
    ['recovery.requested', { method: 'emailOtp' }, ['email recoveryCode']],
    ['recovery.requested', { method: 'smsOtp' }, ['sms recoveryCode']],
    ['passwordMail.requested', { method: 'smsOtp' }, ['email password']],
    ['emailVerification.requested', {}, ['email verifyEmail']],
    ['activationNotice.requested', {}, ['email activated']],
    ['user.created', {}, []],
    ['deliveries.cancelled', {}, []],
    ['password.changed', {}, []],
  ];
  for (const [type, data, expected] of table) {
    it(`plans ${expected.join() || 'nothing'} for ${type} ${JSON.stringify(data)}`, () => {
      expect(planned(type, data)).to.eql(expected);
    });
  }

  it('gives the same event the same delivery, with a stable Message-ID', () => {
    const [delivery] = planDeliveries(
      event('invitation.requested', { method: 'emailLink', domain: 'Entra.Example' }),
      'mail.example',
    );
    expect(delivery).to.eql({
      id: 'e1.invitation',
      tenant: 'default',
      channel: 'email',
      template: 'invitation',
      userId: 'u1',
      eventId: 'e1',
      data: { method: 'emailLink', domain: 'Entra.Example' },
      state: 'queued',
      createdAt: '2026-11-21T09:00:00.000Z',
      notBefore: '2026-11-21T09:00:00.000Z',
      attempts: 0,
      domain: 'entra.example',
      messageId: '<e1.invitation@mail.example>',
      reported: true,
    });
  });

  it('waits for notBefore, but never for one in the past or for what is no date', () => {
    const start = (notBefore: string) =>
      planDeliveries(event('invitation.requested', { notBefore }), 'x')[0]?.notBefore;
    expect(start('2026-12-01T08:00:00+01:00')).to.equal('2026-12-01T07:00:00.000Z');
    expect(start('2020-01-01T00:00:00Z')).to.equal('2026-11-21T09:00:00.000Z');
    expect(start('soon')).to.equal('2026-11-21T09:00:00.000Z');
  });
});
