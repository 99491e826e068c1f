import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer } from 'smtp-server';

/**
 * What the server does at one step: an SMTP reply, or closing the connection without a word; after the content also
 * that once it has taken the message.
 */
export type Step = { readonly code: number; readonly text: string } | 'hangUp' | 'takeAndHangUp';

/** The server's script; whatever it leaves out goes well. Addresses are in lower case. */
export interface SmtpScript {
  /** Instead of the 220 greeting. */
  greeting?: () => Step | undefined;
  /** Does not offer SMTPUTF8; read when the server starts. */
  asciiOnly?: boolean;
  /** Asks for user `latchkey`, password `right`. */
  requireAuth?: boolean;
  mailFrom?: (address: string) => Step | undefined;
  rcptTo?: (address: string) => Step | undefined;
  /** Before any of the content is read, and after all of it is. */
  data?: (recipients: readonly string[]) => Step | undefined;
  afterData?: (recipients: readonly string[], content: string) => Step | undefined;
  /** Milliseconds before the content is accepted. */
  acceptMs?: number;
  /** Messages accepted in any minute of `now`; beyond it the content is answered 451. */
  perMinute?: number;
  now?: () => number;
}

/** One accepted message. */
export interface RecordedMessage {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
  readonly at: number;
}

/** A real SMTP server on the loopback that records and obeys a script, which may be changed while it runs. */
export interface RecordingSmtp {
  readonly port: number;
  /** `smtp://127.0.0.1:<port>` */
  readonly url: string;
  readonly script: SmtpScript;
  readonly messages: RecordedMessage[];
  /** Every line a client sent outside of message content, in order. */
  readonly commands: string[];
  close(): Promise<void>;
}

/** Starts one on a free port. */
export async function startRecordingSmtp(script: SmtpScript = {}): Promise<RecordingSmtp> {
  const messages: RecordedMessage[] = [];
  const commands: string[] = [];
  const sockets = new Set<Socket>();
  const now = () => (script.now ?? Date.now)();
  const follow = (step: Step | undefined, remotePort: number, done: (error?: Error) => void): void => {
    if (step === undefined) done();
    else if (step === 'hangUp' || step === 'takeAndHangUp')
      [...sockets].find((socket) => socket.remotePort === remotePort)?.destroy();
    else done(Object.assign(new Error(step.text), { responseCode: step.code }));
  };
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    authOptional: true,
    hideSMTPUTF8: script.asciiOnly === true,
    allowInsecureAuth: true,
    closeTimeout: 50,
    onConnect: ({ remotePort }, done) => follow(script.greeting?.(), remotePort, done),
    onAuth({ username, password }, _session, done) {
      if (username === 'latchkey' && password === 'right') done(null, { user: username });
      else done(Object.assign(new Error('5.7.8 Authentication credentials invalid'), { responseCode: 535 }));
    },
    onMailFrom({ address }, { remotePort, user }, done) {
      const unknown: Step | undefined =
        script.requireAuth === true && user === undefined
          ? { code: 530, text: '5.7.0 Authentication required' }
          : undefined;
      follow(unknown ?? script.mailFrom?.(address), remotePort, done);
    },
    onRcptTo: ({ address }, { remotePort }, done) => follow(script.rcptTo?.(address.toLowerCase()), remotePort, done),
    onData(stream, { envelope, remotePort }, done) {
      const to = envelope.rcptTo.map(({ address }) => address.toLowerCase());
      const before = script.data?.(to);
      if (before === 'hangUp') return follow(before, remotePort, () => undefined);
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () =>
        setTimeout(() => {
          const content = Buffer.concat(chunks).toString('utf8');
          const crowded = messages.filter(({ at }) => at > now() - 60_000).length >= (script.perMinute ?? Infinity);
          const step = crowded
            ? { code: 451, text: '4.7.0 Too many messages' }
            : (before ?? script.afterData?.(to, content));
          if (step === undefined || step === 'takeAndHangUp') {
            const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
            messages.push({ from, to, raw: content, at: now() });
          }
          follow(step, remotePort, done);
        }, script.acceptMs ?? 0),
      );
    },
  });
  server.on('error', () => undefined);
  server.server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    let content = false;
    let rest = '';
    socket.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString('latin1')).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (content) content = line !== '.';
        else {
          commands.push(line);
          content = line.toUpperCase() === 'DATA';
        }
      }
    });
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.server.address() as AddressInfo;
  return {
    port,
    url: `smtp://127.0.0.1:${port}`,
    script,
    messages,
    commands,
    close: async () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
