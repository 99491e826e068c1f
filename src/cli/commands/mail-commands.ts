import { Argument, type Command } from 'commander';
import { systemClock } from '../../base/clock.ts';
import { loadInstallation } from '../../composition/core/load-installation.ts';
import { readConfig } from '../../config/config.ts';
import { sendTest } from '../../notify/mail/send-test.ts';
import { isMailAddress } from '../../text/mail-address.ts';
import type { ApiCommandParts } from '../api-command.ts';
import { linkBase } from '../link-base.ts';
import { createOutput, type OutputOptions } from '../output.ts';
import { UsageError } from '../usage-error.ts';
import { writeWholeFile } from '../whole-file.ts';
import { isTemplateName, previewMessage, templateNames, type PreviewOptions } from '../../previews/preview-message.ts';
import { pageNames, previewPage } from '../../previews/preview-page.ts';

type PreviewCommandOptions = PreviewOptions & { readonly output?: string };

/** Adds `latchkey mail`, and `latchkey preview`, which scripts know it by. */
export function addMailCommands(program: Command, { guarded }: Pick<ApiCommandParts, 'guarded'>): void {
  const mail = program.command('mail').description('messages: see one with sample values, send a test');
  for (const command of [mail.command('preview'), program.command('preview')])
    command
      .description('show a message, or a page, with sample values, in the words and layouts of LATCHKEY_TEMPLATES')
      .addArgument(new Argument('<what>', 'which message or page').choices([...templateNames, ...pageNames]))
      .option('--locale <tag>', "the reader's language (default: the tenant's)")
      .option('--application <name>', 'the application whose wording to use')
      .option('--html', 'the HTML of the mail in place of its text; a page is always HTML')
      .option('--sms', 'the text message in place of the mail')
      .option('--output <file>', 'write to a file; one that ends in .html gets the HTML')
      .action(guarded(async (what: string, options: PreviewCommandOptions) => preview(what, options)));
  mail
    .command('send-test <address>')
    .description('send a test mail by SMTP_URL, past the outbox, and tell what the server said')
    .option('--json', 'answer in JSON, also on a terminal')
    .action(guarded(async (address: string, options: OutputOptions) => sendTestTo(address, options)));
}

async function preview(what: string, options: PreviewCommandOptions): Promise<void> {
  const { config } = readConfig(process.env);
  const { output } = options;
  const { book, settings } = loadInstallation(config);
  const now = systemClock.now();
  const html = options.html ?? output?.endsWith('.html') === true;
  const shown = isTemplateName(what)
    ? previewMessage(book, what, { ...options, html }, settings, linkBase(config), now)
    : previewPage(book, what, options, settings, linkBase(config), now);
  if (output === undefined) process.stdout.write(`${shown}\n`);
  else await writeWholeFile(output, [`${shown}\n`]);
}

async function sendTestTo(to: string, options: OutputOptions): Promise<void> {
  const { config } = readConfig(process.env);
  if (!isMailAddress(to)) throw new UsageError(`'${to}' is not a mail address such as ana@example.com`);
  if (config.smtpUrl === undefined)
    throw new UsageError('SMTP_URL is not set: mail is captured and not sent, so there is no server to try');
  const { productName } = loadInstallation(config).settings;
  const { smtpUrl, bounceAddress, mailFrom: from } = config;
  const sent = await sendTest({ smtpUrl, bounceAddress, from, to, productName });
  createOutput(options).show({ to, from, ...sent }, () =>
    sent.outcome === 'accepted'
      ? `The mail server has accepted a mail from ${from} to ${to}: ${sent.reply}`
      : `The mail server has not accepted it (${sent.outcome}): `
        + `${sent.reply}${sent.advice === undefined ? '' : `\n${sent.advice}`}`,
  );
  if (sent.outcome !== 'accepted') process.exitCode = 1;
}
