import express, { type Request, type Response, type Router } from 'express';
import type { CallRates } from '../caller/call-rates.ts';
import { addressOf, type IsTrustedHop } from '../caller/address-of.ts';
import { IssuerUnreachableError, requireScope, UnauthorizedError } from '../caller/authenticate.ts';
import type { ClientProver, ProvedClient } from '../clients/tokens/client-prover.ts';
import { OAuthError } from '../clients/tokens/oauth-error.ts';
import { isJsonObject, type Json } from '../base/json.ts';
import type { EndSessions, SessionSubject } from '../provisioning/access/end-sessions.ts';
import { InvalidSyntaxError, InvalidValueError, NotFoundError, ScimError } from '../scim/model/scim-error.ts';

/** Where people's sessions are ended, below each tenant. */
export const revocationPath = '/oauth/global-token-revocation';

/** What the route needs. */
export interface RevocationRouterParts {
  readonly prover: ClientProver;
  readonly sessions: EndSessions;
  readonly issuerOf: (tenant: string) => string;
  readonly tenantOf: (request: object) => string;
  /** Whether there is such a tenant. @throws ScimError where it is not served at present */
  readonly isServed: (tenant: string) => Promise<boolean>;
  readonly isTrustedHop: IsTrustedHop;
  readonly rates: Pick<CallRates, 'countFailure'>;
}

const maxBodyBytes = 64 * 1024;
const longestSubject = 320;

/**
 * `POST /oauth/global-token-revocation` (draft-parecki-oauth-global-token-revocation; Okta's universal logout with
 * `SIGNED_JWT`): ends all sessions of a person. The caller is a client with the scope `scim:write` that proves itself
 * by an assertion in place of a token.
 */
export function createRevocationRouter(parts: RevocationRouterParts): Router {
  const router = express.Router();
  const readBytes = express.raw({ type: () => true, limit: maxBodyBytes });
  router.post(revocationPath, readBytes, async (request: Request, response: Response) => {
    const { client, credential } = await proved(parts, request);
    response.locals.client = client;
    requireScope(client, 'scim:write');
    if (client.resourceTypes !== undefined && !client.resourceTypes.includes('User'))
      throw new ScimError(403, undefined, `client '${client.name}' is limited to ${client.resourceTypes.join(', ')}`);
    const subject = readSubject(bodyOf(request), credential.federation?.iss);
    const ended = await parts.sessions.end(client.tenant, subject, {
      triggeredBy: 'scim',
      client: client.name,
      requestId: response.locals.requestId as string,
      actor: { kind: 'client', id: client.id, name: client.name, credential: credential.id },
    });
    if (ended === 0) throw new NotFoundError('There is no user whom sub_id names.');
    response.status(204).end();
  });
  router.all(revocationPath, () => {
    throw new ScimError(405, undefined, 'the revocation endpoint takes POST only', { Allow: 'POST' });
  });
  return router;
}

async function proved(parts: RevocationRouterParts, request: Request): Promise<ProvedClient> {
  const tenant = parts.tenantOf(request);
  if (!(await parts.isServed(tenant))) throw new NotFoundError(`There is no tenant '${tenant.slice(0, 40)}'.`);
  const [, assertion] = /^bearer +([\w-]+\.[\w-]+\.[\w-]+) *$/i.exec(request.headers.authorization ?? '') ?? [];
  try {
    if (assertion === undefined)
      throw new OAuthError(
        'invalid_client',
        'send `Authorization: Bearer <signed JWT>` of a client of kind keys or federation',
      );
    const endpoint = parts.issuerOf(tenant) + revocationPath;
    return await parts.prover.prove(tenant, { kind: 'assertion', assertion }, [endpoint]);
  } catch (cause) {
    if (!(cause instanceof OAuthError)) throw cause;
    if (cause.status === 503) throw new IssuerUnreachableError(cause.message, cause.client);
    if (cause.client === undefined) parts.rates.countFailure(addressOf(request, parts.isTrustedHop));
    throw new UnauthorizedError(
      cause.message,
      'Bearer realm="Latchkey", error="invalid_token"',
      'invalid_token',
      undefined,
      cause.client,
    );
  }
}

function bodyOf({ body }: Request): Json {
  try {
    return JSON.parse(Buffer.isBuffer(body) ? body.toString('utf8') : '') as Json;
  } catch {
    throw new InvalidSyntaxError('the body is not JSON: send {"sub_id": {"format": "email", "email": "…"}}');
  }
}

/** RFC 9493 §3.2. @param issuer of the credential, which alone may name people by its own ids */
function readSubject(body: Json, issuer: string | undefined): SessionSubject {
  const sub = isJsonObject(body) ? body['sub_id'] : undefined;
  if (!isJsonObject(sub)) throw new InvalidValueError('sub_id is missing: {"format": "email", "email": "…"}');
  const text = (name: string): string => {
    const value = sub[name];
    if (typeof value !== 'string' || value === '' || value.length > longestSubject)
      throw new InvalidValueError(`sub_id.${name} must be a text of 1 to ${longestSubject} characters.`);
    return value;
  };
  switch (sub['format']) {
    case 'email':
      return { by: 'email', email: text('email').trim() };
    case 'opaque':
      return { by: 'id', id: text('id') };
    case 'iss_sub':
      if (issuer === undefined || text('iss') !== issuer)
        throw new InvalidValueError('sub_id.iss must be the issuer of the credential that signs the request.');
      return { by: 'externalId', externalId: text('sub') };
    default:
      throw new InvalidValueError('sub_id.format must be email, iss_sub or opaque.');
  }
}
