import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { SmtpOptions } from './smtp-options.ts';

const question = 'LATCHKEY-ASKS';

/**
 * Asks a mail server which extensions it has (RFC 5321 §4.1.1.1), over a connection of its own that is ended at once,
 * after TLS where that is spoken.
 * @returns in upper case
 * @throws nodemailer's error when no session could be had
 */
export async function serverExtensions(options: SmtpOptions): Promise<ReadonlySet<string>> {
  return new Promise((resolve, reject) => {
    const connection = new SMTPConnection({
      ...options,
      customAuth: {
        [question]: (context) => {
          resolve(new Set(context.extensions.map((name) => name.toUpperCase())));
          context.resolve();
        },
      },
    });
    connection.once('error', reject);
    connection.once('end', () => reject(new Error('the server ended the connection')));
    connection.connect((error) => {
      if (error !== undefined) return reject(error);
      // nodemailer shows what a server can do to a handler of sign-in alone; this one asks and sends nothing.
      connection.login({ type: 'custom', user: '', pass: '', method: question }, () => connection.quit());
    });
  });
}
