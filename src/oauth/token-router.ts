import express, { type ErrorRequestHandler, type Request, type Response, type Router } from 'express';
import { addressOf, type IsTrustedHop } from '../caller/address-of.ts';
import type { CallRates } from '../caller/call-rates.ts';
import { IssuerUnreachableError, UnauthorizedError } from '../caller/authenticate.ts';
import { OAuthError } from '../clients/tokens/oauth-error.ts';
import type { CredentialUses } from '../clients/credentials/credential-uses.ts';
import type { TokenEndpoint } from '../clients/tokens/token-endpoint.ts';
import type { Log } from '../base/log.ts';
import { NotFoundError, ScimError } from '../scim/model/scim-error.ts';

/** What the routes need. */
export interface TokenRouterParts {
  readonly endpoint: TokenEndpoint;
  readonly uses: Pick<CredentialUses, 'note'>;
  readonly isTrustedHop: IsTrustedHop;
  readonly rates: Pick<CallRates, 'countFailure'>;
  /** The tenant whose token endpoint a request is for. */
  readonly tenantOf: (request: object) => string;
  /** Whether there is such a tenant. @throws ScimError where it is not served at present */
  readonly isServed: (tenant: string) => Promise<boolean>;
  readonly log: Pick<Log, 'info'>;
}

/** An assertion with its claims, and room for the rest. */
const maxBodyBytes = 64 * 1024;
const tokenPath = '/oauth/token';
const metadataPath = '/.well-known/oauth-authorization-server';

/**
 * `POST /oauth/token` of each tenant (RFC 6749 §3.2), and the metadata of its authorization server (RFC 8414 §3.1).
 */
export function createTokenRouter(parts: TokenRouterParts): Router {
  const router = express.Router();
  const readText = express.raw({ type: () => true, limit: maxBodyBytes });
  router.post(tokenPath, readText, async (request: Request<{ tenant?: string }>, response: Response) => {
    try {
      await issue(parts, request, response);
    } catch (cause) {
      if (!(cause instanceof OAuthError)) throw cause;
      if (cause.status === 401 && cause.client === undefined)
        parts.rates.countFailure(addressOf(request, parts.isTrustedHop));
      refuse(response, cause);
    }
  });
  router.all(tokenPath, (_request, response) => {
    response.set('Allow', 'POST');
    answer(response, 405, { error: 'invalid_request', error_description: 'the token endpoint takes POST only' });
  });
  router.use(tokenPath, refuseBeforehand);
  router.get([metadataPath, `${metadataPath}/t/:tenant`], async (request: Request<{ tenant?: string }>, response) => {
    response.json(parts.endpoint.metadata(await tenantOf(parts, request)));
  });
  return router;
}

async function issue(
  parts: TokenRouterParts,
  request: Request<{ tenant?: string }>,
  response: Response,
): Promise<void> {
  const tenant = await tenantOf(parts, request);
  if (!/^application\/x-www-form-urlencoded\b/i.test(request.headers['content-type'] ?? ''))
    throw new OAuthError('invalid_request', 'send the parameters as application/x-www-form-urlencoded');
  const form = new URLSearchParams(Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '');
  const issued = await parts.endpoint.issue(tenant, form, request.headers.authorization);
  const { client, credential } = issued;
  parts.uses.note({ tenant, client: client.id, id: credential.id }, () => addressOf(request, parts.isTrustedHop));
  parts.log.info(
    { requestId: response.locals.requestId as string, client: client.name, credential: credential.id },
    'access token issued',
  );
  answer(response, 200, { ...issued.answer });
}

/**
 * What is refused before the endpoint is asked (a body that is too large, too many failures, no such tenant) is told in
 * the words of RFC 6749 §5.2 too: a client of OAuth reads no SCIM. Our own faults are left to the error boundary.
 */
const refuseBeforehand: ErrorRequestHandler = (cause: unknown, _request, response, next) => {
  const status = cause instanceof Error && 'status' in cause ? Number(cause.status) : 500;
  if (response.headersSent || !(status >= 400 && status < 500)) return next(cause);
  response.locals.error = cause;
  if (cause instanceof ScimError) response.set(cause.headers);
  const description = status === 413 ? `the body is larger than ${maxBodyBytes} bytes` : (cause as Error).message;
  const error = status === 429 ? 'temporarily_unavailable' : 'invalid_request';
  answer(response, status, { error, error_description: description });
};

/** RFC 6749 §5.2. The log of what was turned away gets the reason, and whose credential has ended. */
function refuse(response: Response, { code, message, status, client }: OAuthError): void {
  const challenge = 'Basic realm="Latchkey"';
  response.locals.error =
    status === 503
      ? new IssuerUnreachableError(message, client)
      : new UnauthorizedError(message, challenge, 'invalid_token', undefined, client);
  if (status === 503) response.set('Retry-After', '10');
  if (status === 401) response.set('WWW-Authenticate', challenge);
  answer(response, status, { error: code, error_description: message });
}

function answer(response: Response, status: number, body: object): void {
  response.status(status).set({ 'Cache-Control': 'no-store', Pragma: 'no-cache' }).json(body);
}

async function tenantOf(parts: TokenRouterParts, request: Request<{ tenant?: string }>): Promise<string> {
  const tenant = request.params.tenant ?? parts.tenantOf(request);
  if (!(await parts.isServed(tenant))) throw new NotFoundError(`There is no tenant '${tenant.slice(0, 40)}'.`);
  return tenant;
}
