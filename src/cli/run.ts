import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { compose, type Application } from '../composition/compose.ts';
import { ConfigError, type Config } from '../config/config.ts';
import { answerStarting } from '../http/answer-starting.ts';
import { maxHeaderBytes } from '../http/answer-unreadable.ts';
import { refuseUnreadable } from '../http/refuse-unreadable.ts';
import { metricsServer } from '../metrics/metrics-server.ts';
import { systemFault } from '../text/system-fault.ts';
import { serveLocally, socketPathOf } from './local-socket.ts';
import { calledAs } from './called-as.ts';

/** How long requests under way may take to finish once the process is told to stop, in milliseconds. */
const stopMs = 10_000;

/** How often connections that have gone idle since are closed then, in milliseconds. */
const idleMs = 50;

/**
 * Serves until SIGTERM or SIGINT, then stops gracefully: no new requests, those under way finish, leases are given
 * back, writes are durable.
 * @throws ConfigError when the address cannot be listened on; what `compose` throws
 */
export async function serve(config: Config): Promise<void> {
  const stopped = untilStopped();
  const server = createServer({
    requestTimeout: 60_000,
    headersTimeout: 20_000,
    keepAliveTimeout: 65_000,
    maxHeaderSize: maxHeaderBytes,
    requireHostHeader: false,
  });
  const noteUnreadable = refuseUnreadable(server, Date.now);
  server.on('request', answerStarting);
  await listen(server, config.host, config.port);
  const url = addressOf(server, config.host);
  const application = await compose(config, url).catch(async (cause: unknown) => {
    await close(server);
    throw cause;
  });
  const { log } = application;
  noteUnreadable(log);
  const metrics = await serveMetrics(application, config).catch(async (cause: unknown) => {
    await close(server);
    await application.stop();
    throw cause;
  });
  await application.start();
  server.off('request', answerStarting);
  server.on('request', application.app);
  log.info({ url, scim: `${url}/scim/v2` }, `Latchkey serves SCIM at ${url}/scim/v2`);
  const local = await serveCommands(application, config);
  const ownerLink = await application.newOwnerLink();
  if (process.stdout.isTTY || application.firstToken !== undefined) process.stdout.write(welcome(url, application));
  if (ownerLink !== undefined) process.stdout.write(ownerWelcome(ownerLink));

  log.info({ signal: await stopped }, 'stopping');
  application.refuseReadiness();
  await Promise.all([close(server), local && close(local), metrics && close(metrics)]);
  await application.stop();
  log.info('stopped');
}

/** @throws ConfigError where the address cannot be listened on */
async function serveMetrics({ metrics, log }: Application, config: Config): Promise<Server | undefined> {
  if (metrics === undefined || config.metrics === undefined) return undefined;
  const { host, port } = config.metrics;
  const server = metricsServer(metrics);
  await listen(server, host, port, 'LATCHKEY_METRICS');
  const url = `${addressOf(server, host)}/metrics`;
  log.info({ metrics: url }, `numbers for Prometheus are at ${url}`);
  return server;
}

/**
 * The embedded store has one process, which works for the commands; on MongoDB they work on the database themselves.
 */
async function serveCommands({ app, localCallers, log }: Application, config: Config): Promise<Server | undefined> {
  if (config.mongodbUri !== undefined) return undefined;
  try {
    return await serveLocally(app, localCallers, socketPathOf(config.dataDir));
  } catch (cause) {
    log.warn({ reason: systemFault(cause) }, 'commands cannot reach this process, as its socket cannot be made');
    return undefined;
  }
}

/** Sends what the outbox holds until SIGTERM or SIGINT. */
export async function work(config: Config): Promise<void> {
  if (config.publicUrl === undefined)
    throw new ConfigError(['LATCHKEY_PUBLIC_URL is needed by a worker: it is what links in messages begin with']);
  const stopped = untilStopped();
  const application = await compose({ ...config, worker: true }, config.publicUrl);
  const metrics = await serveMetrics(application, config).catch(async (cause: unknown) => {
    await application.stop();
    throw cause;
  });
  await application.start();
  application.log.info('the worker runs');
  await stopped;
  if (metrics !== undefined) await close(metrics);
  await application.stop();
}

function untilStopped(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal));
  });
}

function listen(server: Server, host: string, port: number, variable?: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      const inUse = 'code' in cause && cause.code === 'EADDRINUSE';
      const isForRoot = 'code' in cause && cause.code === 'EACCES';
      const why = isForRoot ? 'EACCES: ports below 1024 are for root alone: choose another port' : systemFault(cause);
      const named = inUse ? 'is already in use' : `cannot be listened on: ${why}`;
      if (variable !== undefined) return reject(new ConfigError([`${variable}: ${host}:${port} ${named}`]));
      const fault = inUse
        ? `Port ${port} is already in use: stop the program that has it, or choose another port with PORT=${port + 1}`
        : `HOST ${host} and PORT ${port} cannot be listened on: ${why}`;
      reject(new ConfigError([fault]));
    });
    server.listen(port, host, resolve);
  });
}

/**
 * Clients keep their connections open: each is told to let go with its next answer, and those that fall silent are
 * closed.
 */
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.closeAllConnections(), stopMs);
    const idle = setInterval(() => server.closeIdleConnections(), idleMs);
    server.prependListener('request', (_request, response) => response.setHeader('Connection', 'close'));
    server.close(() => {
      clearTimeout(force);
      clearInterval(idle);
      resolve();
    });
  });
}

function addressOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
}

function ownerWelcome(link: string): string {
  return `
  The console has no owner yet. Open this link to become the first one; it works once, for seven days:
    ${link}

`;
}

/** The user whom the welcome invites. */
const firstUser = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
  userName: 'ines@latchkey.example',
  name: { givenName: 'Ines', familyName: 'Okoro' },
  emails: [{ value: 'ines@latchkey.example', primary: true }],
  'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User': { preRegistration: true },
};

function welcome(url: string, { firstToken, showsMailbox }: Application): string {
  const token = firstToken ?? '$LATCHKEY_TOKEN';
  const contentType = "-H 'Content-Type: application/scim+json'";
  const body = JSON.stringify(firstUser);
  const shownOnce =
    firstToken === undefined
      ? `
  Lost the token? Make another:
    ${calledAs()} clients add my-client
`
      : `
  Bearer token (shown this once, kept only as a hash):
    ${firstToken}
`;
  const mailbox = showsMailbox
    ? `
  No SMTP_URL is set, so nothing is really sent: read the mails at
    ${url}/dev/mailbox
`
    : '';
  return `
  SCIM base URL:
    ${url}/scim/v2
${shownOnce}${mailbox}
  What to read next: docs/index.md, or README.md for the first two minutes

  Invite your first user:
    curl -X POST ${url}/scim/v2/Users -H "Authorization: Bearer ${token}" ${contentType} -d '${body}'

`;
}
