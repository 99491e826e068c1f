import { createTransport } from 'nodemailer';
import { hideSecretShapes } from '../../text/hide-secret-shapes.ts';
import { systemFault } from '../../text/system-fault.ts';
import { serverExtensions } from './server-extensions.ts';
import { smtpOptions, smtpSecrets } from './smtp-options.ts';

/** How a mail server takes us: whether it lets us in, and what it says where it does not. */
export interface SmtpCheck {
  readonly server: string;
  readonly works: boolean;
  /** Whether what we send travels under TLS. */
  readonly encrypted: boolean;
  /** Without secrets. */
  readonly fault?: string;
}

/**
 * Connects to a mail server and signs in, as for sending, and sends nothing.
 * @param smtpUrl as `SMTP_URL`
 * @throws SmtpOptionsError where it cannot be read
 */
export async function checkSmtp(smtpUrl: string): Promise<SmtpCheck> {
  const options = smtpOptions(smtpUrl);
  const port = options.port ?? (options.secure === true ? 465 : 587);
  const server = `${options.host ?? options.service ?? 'localhost'}:${port}`;
  const transport = createTransport(options);
  try {
    await transport.verify();
    const startTls = options.ignoreTLS !== true && (await serverExtensions(options)).has('STARTTLS');
    return { server, works: true, encrypted: options.secure === true || options.requireTLS === true || startTls };
  } catch (cause) {
    let fault = systemFault(cause).slice(0, 500);
    for (const secret of smtpSecrets(options)) fault = fault.replaceAll(secret, '(hidden)');
    return { server, works: false, encrypted: false, fault: hideSecretShapes(fault) };
  } finally {
    transport.close();
  }
}
