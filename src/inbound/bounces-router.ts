import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import { requireScope, UnauthorizedError, type Authenticate } from '../caller/authenticate.ts';
import { soonOr } from '../base/soon.ts';
import { inTurns, turnTaking } from '../base/cooperative.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { BounceNotice, Bounces } from '../provisioning/messages/bounces.ts';
import { NotFoundError, ScimError } from '../scim/model/scim-error.ts';
import type { Client } from '../domain/client.ts';
import type { HookReading, ReadHook } from './hook-reading.ts';
import { readPostmarkHook } from './postmark-hook.ts';
import { readRfc3464Hook } from './rfc3464-hook.ts';
import { readSendgridHook } from './sendgrid-hook.ts';
import { readSesHook } from './ses-hook.ts';

/** What the routes need. */
export interface BouncesRouterParts {
  readonly authenticate: Authenticate;
  readonly bounces: Bounces;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>;
  /** Waits, in milliseconds. */
  readonly wait?: (ms: number) => Promise<void>;
}

/** How often, and after which pause in milliseconds, a notice is looked at again whose mail is still being sent. */
const mostRounds = 8;
const roundMs = 250;

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const readers: Readonly<Record<string, ReadHook>> = {
  ses: readSesHook,
  sendgrid: readSendgridHook,
  postmark: readPostmarkHook,
  rfc3464: readRfc3464Hook,
};

/** Deliveries that the log names of one call. */
const mostNamed = 20;

const hourMs = 3_600_000;

/** A returned mail may hold all that was sent. */
const maxBodyBytes = 4 * 1024 * 1024;

/**
 * `POST /hooks/v1/bounces/{ses|sendgrid|postmark|rfc3464}`: mail providers tell what came back. Answers 204 to
 * whatever it could read, also to what it knows nothing of: a provider repeats what fails, and might give up on us.
 * 5xx asks it to.
 */
export function createBouncesRouter(parts: BouncesRouterParts): Router {
  const router = express.Router();
  const tellOurs = tellHourly(parts);
  const readBytes = express.raw({ type: () => true, limit: maxBodyBytes });
  router.post(
    '/hooks/v1/bounces/:provider',
    authenticateHook(parts.authenticate),
    readBytes,
    async (request: Request<{ provider: string }>, response: Response) => {
      const { provider } = request.params;
      const read = Object.hasOwn(readers, provider) ? readers[provider] : undefined;
      if (read === undefined)
        throw new NotFoundError(
          `no mail provider is known as '${provider.slice(0, 40)}': there are ${Object.keys(readers).join(', ')}`,
        );
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const steps = read(body, request.headers['content-type'] ?? '');
      const reading = 'notices' in steps ? steps : await inTurns(steps);
      await takeIn(parts, provider, reading, response);
      for (const { ours, reply } of reading.notices) if (ours !== undefined) tellOurs(ours, reply);
      response.status(204).end();
    },
  );
  return router;
}

/** One log line for each trouble and hour: until someone acts, each mail comes back the same way. */
function tellHourly({ clock, log }: BouncesRouterParts): (advice: string, reply: string) => void {
  const told = new Map<string, number>();
  return (advice, reply) => {
    const now = clock.now().getTime();
    if (now - (told.get(advice) ?? -Infinity) < hourMs) return;
    told.set(advice, now);
    log.error({ reply, advice }, 'mail comes back for a reason that is about our account, sender or host');
  };
}

async function takeIn(
  { bounces, log, wait = pause }: BouncesRouterParts,
  provider: string,
  { notices, confirmation, unread }: HookReading,
  response: Response,
): Promise<void> {
  const { tenant, name } = response.locals.client as Client;
  const requestId = response.locals.requestId as string;
  if (confirmation !== undefined) {
    log.warn(
      { requestId, topic: confirmation.topic, subscribeUrl: confirmation.url },
      'Amazon SNS asks whether its calls are welcome: open subscribeUrl to say yes, if the topic is yours',
    );
  }
  if (unread !== undefined)
    log.warn({ requestId, client: name, provider, reason: unread }, 'a bounce could not be read');
  const counts: Record<string, number> = {};
  const deliveries: string[] = [];
  const takeTurns = turnTaking();
  let waiting = notices;
  for (let round = 0; ; round += 1) {
    const early: BounceNotice[] = [];
    for (const notice of waiting) {
      const outcome = await bounces.take(tenant, notice, { triggeredBy: 'system', client: name, requestId });
      await takeTurns();
      if (outcome === 'tooEarly' && early.push(notice) > 0 && round < mostRounds) continue;
      const what = `${notice.kind} ${outcome}`;
      counts[what] = (counts[what] ?? 0) + 1;
      if (deliveries.length < mostNamed) deliveries.push(...notice.deliveries.slice(0, mostNamed));
    }
    waiting = early;
    if (early.length === 0 || round === mostRounds) break;
    await wait(roundMs);
  }
  if (notices.length > 0)
    log.info({ requestId, client: name, provider, counts, deliveries: deliveries.slice(0, mostNamed) }, 'bounces');
  // What was noted is noted once, however often it comes.
  if (waiting.length > 0)
    throw new ScimError(503, undefined, 'a mail that this is about is still being sent: send this again', {
      'Retry-After': '30',
    });
}

/**
 * Bearer, or Basic with the token as the password, which providers take as part of the URL they are given. SNS sends
 * it only when asked for Basic.
 */
function authenticateHook(authenticate: Authenticate): RequestHandler {
  return async (request, response, next) => {
    const client = await soonOr(
      () => authenticate(request),
      (cause) => {
        throw cause instanceof UnauthorizedError ? cause.basicFirst() : cause;
      },
    );
    response.locals.client = client;
    requireScope(client, 'bounces');
    next();
  };
}
