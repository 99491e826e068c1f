import { Resolver } from 'node:dns/promises';
import type { AdministratorRecords } from '../../administrators/administrator-records.ts';
import { cleanReply } from '../../notify/delivery/clean-reply.ts';
import { createCaptureMailer } from '../../notify/mail/capture-mailer.ts';
import { explainSender } from '../../notify/mail/explain-sender.ts';
import type { Mailer } from '../../notify/mail/mailer.ts';
import { senderDomain } from '../../notify/mail/sender-domain.ts';
import type { TextResolver } from '../../notify/mail/sender-records.ts';
import { createSmtpMailer } from '../../notify/mail/smtp-mailer.ts';
import { smtpOptions } from '../../notify/mail/smtp-options.ts';
import { messageOperations } from '../../operations/messages/message-operations.ts';
import { wordOperations, type WordOperationsParts } from '../../operations/messages/word-operations.ts';
import type { Operation } from '../../operations/operation.ts';
import { samplePageNames } from '../../pages/sample-page.ts';
import { isTemplateName, sampleMessage, smsTemplates, templateNames } from '../../previews/preview-message.ts';
import { previewPage } from '../../previews/preview-page.ts';
import { rootTenant } from '../../tenancy/tenant.ts';
import type { Core } from '../core/core.ts';

/** What takes mails to the next server; without `SMTP_URL` they are captured. */
export function composeMailer({ config, mailbox, clock }: Pick<Core, 'config' | 'mailbox' | 'clock'>): Mailer {
  return config.smtpUrl === undefined
    ? createCaptureMailer(mailbox, clock)
    : createSmtpMailer(smtpOptions(config.smtpUrl), config.bounceAddress);
}

/** What messages' operations are put together from. */
export interface MessagesCore extends Pick<Core, 'settingsOf' | 'publicUrlOf' | 'bookOf' | 'clock' | 'publicUrl'> {
  readonly tenants: WordOperationsParts['tenants'];
  readonly changes: WordOperationsParts['changes'];
  readonly notes: Core['store']['notes'];
  readonly senderOf: (tenant: string) => string;
  readonly captured: boolean;
  readonly mailer: Mailer;
  readonly administrators: Pick<AdministratorRecords, 'find'>;
  readonly resolver?: TextResolver;
}

/** Puts together what administrators see of messages and pages. */
export function composeMessages(core: MessagesCore): Readonly<Record<string, Operation>> {
  const { settingsOf, publicUrlOf, bookOf, clock, publicUrl, notes, senderOf, captured, mailer, administrators } = core;
  // A DNS that says nothing must not hold up a page.
  const { resolver = new Resolver({ timeout: 1_500, tries: 1 }) } = core;
  const messages = templateNames.map((name) => ({
    name,
    channels: [
      ...(name === 'revealCode' ? [] : (['email'] as const)),
      ...(smsTemplates.includes(name) ? (['sms'] as const) : []),
    ],
  }));
  const sample: WordOperationsParts['sample'] = (book, tenant, name, options, settings = settingsOf(tenant)) => {
    if (!isTemplateName(name)) throw new Error(`there is no message '${name}'`);
    return sampleMessage(book, name, options, settings, publicUrlOf(tenant), clock.now());
  };
  const samplePage: WordOperationsParts['samplePage'] = (book, tenant, page, options, settings = settingsOf(tenant)) =>
    previewPage(book, page, options, settings, publicUrlOf(tenant), clock.now());
  const own = messageOperations({
    settingsOf,
    senderOf,
    captured,
    notes,
    clock,
    domainOf: senderDomain,
    languagesOf: (tenant) => [...bookOf(tenant).wordingFor(undefined).locales.keys()].sort(),
    messages,
    pages: samplePageNames,
    sample: (tenant, name, options, settings) => sample(bookOf(tenant), tenant, name, options, settings),
    samplePage: (tenant, name, options, settings) =>
      samplePage(bookOf(tenant), tenant, `pages.${name}`, options, settings),
    explainSender: (domain, selector) => explainSender(domain, resolver, selector),
    addressOf: async (tenant, id) =>
      (await administrators.find(tenant, id))?.email ?? (await operator(administrators, id))?.email,
    send: async (tenant, to, { subject = '', text, html = '', language = 'en' }) => {
      const from = senderOf(tenant);
      const { outcome, reply } = await mailer.send({
        tenant,
        from,
        to,
        subject,
        text,
        html,
        messageId: `<${clock.newId()}.sample@${senderDomain(from)}>`,
        locale: language,
        headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': language },
      });
      return { outcome, reply: cleanReply(reply, { secrets: mailer.secrets ?? [], publicUrl }) };
    },
  });
  const { tenants, changes } = core;
  return { ...own, ...wordOperations({ tenants, changes, messages, pages: samplePageNames, sample, samplePage }) };
}

async function operator(administrators: Pick<AdministratorRecords, 'find'>, id: string) {
  const found = await administrators.find(rootTenant, id);
  return found?.operator === true ? found : undefined;
}
