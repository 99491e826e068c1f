import type { Notes } from '../../domain/notes.ts';
import type { Clock } from '../../base/clock.ts';
import type { Settings } from '../../config/settings.ts';
import type { SenderFinding } from '../../notify/mail/explain-sender.ts';
import type { WholeMessage } from '../../notify/words/write-message.ts';
import { ConflictError, InvalidValueError, NotFoundError, ScimError } from '../../scim/model/scim-error.ts';
import { noteFirstStep } from '../first-steps-operations.ts';
import { operation, type Operation } from '../operation.ts';

/** Branding that is tried out. */
export interface TriedBrand {
  readonly productName?: string;
  readonly logoUrl?: string;
  readonly color?: string;
  readonly helpText?: string;
  readonly helpUrl?: string;
}

/** In which words a sample is written. */
export interface SampleOptions {
  readonly locale?: string;
  readonly sms?: boolean;
}

/** What the operations work with. */
export interface MessageOperationsParts {
  readonly settingsOf: (tenant: string) => Settings;
  readonly languagesOf: (tenant: string) => readonly string[];
  readonly senderOf: (tenant: string) => string;
  readonly domainOf: (sender: string) => string;
  /** Every message, with what carries it. */
  readonly messages: readonly { readonly name: string; readonly channels: readonly ('email' | 'sms')[] }[];
  readonly pages: readonly string[];
  /** A message with sample values. */
  readonly sample: (tenant: string, name: string, options: SampleOptions, settings: Settings) => WholeMessage;
  /** A page with sample values, as one HTML file. */
  readonly samplePage: (tenant: string, name: string, options: SampleOptions, settings: Settings) => string;
  /** Sends a sample at once, and answers what the server said, without secrets. */
  readonly send: (
    tenant: string,
    to: string,
    message: WholeMessage,
  ) => Promise<{ readonly outcome: string; readonly reply: string }>;
  /** True where mail is captured and not sent. */
  readonly captured: boolean;
  readonly explainSender: (domain: string, selector?: string) => Promise<readonly SenderFinding[]>;
  /** The address of an administrator, in this tenant or as the operator. */
  readonly addressOf: (tenant: string, administrator: string) => Promise<string | undefined>;
  readonly notes: Notes;
  readonly clock: Clock;
}

type PreviewQuery = TriedBrand & { readonly language?: string; readonly channel: 'email' | 'sms' };

/** Samples that one person may have sent to themselves within an hour. */
const mostHourly = 20;
const pagePrefix = 'pages.';

/** What people read: messages and pages with sample values, and what the world thinks of their sender. */
export function messageOperations(parts: MessageOperationsParts): Readonly<Record<string, Operation>> {
  const { settingsOf, languagesOf, senderOf, messages, captured } = parts;
  const known = (name: string) => {
    const found = messages.find((one) => one.name === name);
    if (found === undefined) throw new NotFoundError(`There is no message "${name.slice(0, 100)}".`);
    return found;
  };
  const localeOf = (tenant: string, language: string | undefined): SampleOptions => {
    if (language === undefined) return {};
    if (!languagesOf(tenant).includes(language))
      throw new InvalidValueError(`language: there are no texts in this language. ${languagesOf(tenant).join(', ')}.`);
    return { locale: language };
  };
  return {
    listMessages: operation(({ actor: { tenant } }) => ({
      body: {
        languages: languagesOf(tenant),
        language: settingsOf(tenant).locale,
        messages,
        pages: parts.pages,
        from: senderOf(tenant),
        captured,
      },
    })),
    previewMessage: operation<unknown, PreviewQuery>(({ actor: { tenant }, params, query }) => {
      const { language, channel, ...brand } = query;
      const name = params['name'] ?? '';
      const settings = tried(settingsOf(tenant), brand);
      const options = localeOf(tenant, language);
      if (name.startsWith(pagePrefix)) {
        const page = name.slice(pagePrefix.length);
        if (!parts.pages.includes(page)) throw new NotFoundError(`There is no page "${page.slice(0, 100)}".`);
        const html = parts.samplePage(tenant, page, options, settings);
        return { body: { name, language: language ?? settings.locale, html } };
      }
      const { channels } = known(name);
      if (!channels.includes(channel))
        throw new InvalidValueError(`channel: the message ${name} goes by ${channels.join(' and ')}.`);
      const message = parts.sample(tenant, name, { ...options, sms: channel === 'sms' }, settings);
      return { body: { name, ...message, language: message.language ?? settings.locale } };
    }),
    sendTestMessage: operation<{ readonly language?: string }>(async ({ actor, params, body }) => {
      const { tenant } = actor;
      const name = params['name'] ?? '';
      const { channels } = known(name);
      if (!channels.includes('email')) throw new ConflictError(`The message ${name} does not go by mail.`);
      const id = actor.actor?.kind === 'administrator' ? actor.actor.id : undefined;
      const to = id === undefined ? undefined : await parts.addressOf(tenant, id);
      if (id === undefined || to === undefined)
        throw new ConflictError('A sample goes to the administrator who asks for it: a client has no address.');
      await refuseTooMany(parts, tenant, id);
      const message = parts.sample(tenant, name, localeOf(tenant, body.language), settingsOf(tenant));
      const sent = await parts.send(tenant, to, message);
      if (sent.outcome === 'accepted') await noteFirstStep(parts.notes, tenant, { tested: true });
      return { body: { to, ...sent } };
    }),
    checkSender: operation<unknown, { readonly selector?: string }>(async ({ actor: { tenant }, query }) => {
      const from = senderOf(tenant);
      const domain = parts.domainOf(from);
      return { body: { from, domain, captured, records: await parts.explainSender(domain, query.selector) } };
    }),
  };
}

/** The settings with branding that is not set yet. */
function tried(settings: Settings, { productName, ...brand }: TriedBrand): Settings {
  for (const name of ['logoUrl', 'helpUrl'] as const)
    if (brand[name] !== undefined && !isHttps(brand[name]))
      throw new InvalidValueError(`${name}: this must be an https URL without a user name in it.`);
  return { ...settings, productName: productName ?? settings.productName, brand: { ...settings.brand, ...brand } };
}

function isHttps(text: string): boolean {
  if (!URL.canParse(text) || /[\s\p{C}]/u.test(text)) return false;
  const { protocol, username, password } = new URL(text);
  return protocol === 'https:' && username === '' && password === '';
}

/** @throws ScimError 429 */
async function refuseTooMany({ notes, clock }: MessageOperationsParts, tenant: string, id: string): Promise<void> {
  const hour = clock.now().toISOString().slice(0, 13);
  const key = `${id}.${hour}`.slice(0, 200);
  for (;;) {
    const note = await notes.find(tenant, 'sampleMails', key);
    const sent = Number(note?.value['sent'] ?? 0);
    if (sent >= mostHourly)
      throw new ScimError(429, undefined, `${mostHourly} samples were sent to you within this hour: try again later.`, {
        'Retry-After': '3600',
      });
    const expiresAt = new Date(clock.now().getTime() + 2 * 3_600_000).toISOString();
    const draft = { tenant, kind: 'sampleMails', key, value: { sent: sent + 1 }, expiresAt };
    if ((await notes.put(draft, note?.version ?? 0)).outcome === 'done') return;
  }
}
