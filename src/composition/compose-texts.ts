import { guardedFetch } from '../network/guarded-request.ts';
import type { SendResult } from '../notify/delivery/send-result.ts';
import { createCaptureSmsSender } from '../notify/sms/capture-sms-sender.ts';
import { createHttpSmsSender } from '../notify/sms/http-sms-sender.ts';
import type { SmsSender } from '../notify/sms/sms-sender.ts';
import type { Core } from './core/core.ts';

const ownGateway = { timeoutMs: 20_000, mostBytes: 64 * 1024 };

/**
 * Puts together what takes text messages: the operator's gateway with the installation's secret, a tenant's own with
 * its own secret and through the address guard, or the mailbox.
 */
export function composeTexts({ config, settingsOf, mailbox, clock, secretOf }: Core): SmsSender {
  const byOperator = createHttpSmsSender((tenant) => {
    const { gatewayUrl, preset, from } = settingsOf(tenant).sms;
    return gatewayUrl === null ? undefined : { url: gatewayUrl, secret: config.smsSecret, preset, from };
  });
  const byTenant = createHttpSmsSender(
    async (tenant) => {
      const { gatewayUrl, preset, from, secret: reference } = settingsOf(tenant).sms;
      const secret = reference === null ? undefined : await secretOf(tenant, reference);
      // Without its secret it is not called at all: the installation's must not go there.
      return gatewayUrl === null || secret === undefined ? undefined : { url: gatewayUrl, secret, preset, from };
    },
    guardedFetch(config.webhookHosts, ownGateway),
  );
  const captured = createCaptureSmsSender(mailbox, clock);
  return {
    send: async (message) => {
      const { gatewayUrl, secret } = settingsOf(message.tenant).sms;
      if (gatewayUrl !== null && secret !== null) return ofOneTenant(byTenant.send(message));
      if (gatewayUrl !== null) return byOperator.send(message);
      // Where mail is really sent, a text message without a gateway must fail visibly: it holds a live code, and would
      // stay unread in a mailbox.
      return (config.smtpUrl === undefined ? captured : byOperator).send(message);
    },
  };
}

/** A tenant's gateway that is down, or takes its secret no longer, holds up nothing of other tenants. */
async function ofOneTenant(sent: Promise<SendResult>): Promise<SendResult> {
  const result = await sent;
  return result.outcome === 'channelDown' ? { ...result, outcome: 'temporary' } : result;
}
