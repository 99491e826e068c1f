import { OAuthError } from './oauth-error.ts';

/** What a client sends to prove itself at the token endpoint. */
export type ClientProof =
  | { readonly kind: 'secret'; readonly clientId: string; readonly secret: string }
  | { readonly kind: 'assertion'; readonly clientId?: string; readonly assertion: string };

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/**
 * Reads the one way in which a request proves its client: `client_secret_basic`, `client_secret_post` (RFC 6749 §2.3.1)
 * or a signed assertion (RFC 7521 §4.2).
 * @param form the body's parameters; none is there twice
 * @throws OAuthError for none, more than one, or one that cannot be read
 */
export function readProof(form: ReadonlyMap<string, string>, authorization: string | undefined): ClientProof {
  const [clientId, secret] = [form.get('client_id'), form.get('client_secret')];
  const [type, assertion] = [form.get('client_assertion_type'), form.get('client_assertion')];
  const isAsserted = type !== undefined || assertion !== undefined;
  if ([authorization !== undefined, secret !== undefined, isAsserted].filter(Boolean).length > 1)
    throw new OAuthError('invalid_request', 'the client proves itself in more than one way: send one of them');
  if (authorization !== undefined) return basic(authorization, clientId);
  if (isAsserted) {
    if (type !== assertionType)
      throw new OAuthError('invalid_request', `client_assertion_type must be ${assertionType}`);
    if (assertion === undefined) throw new OAuthError('invalid_request', 'client_assertion is missing');
    return { kind: 'assertion', assertion, ...(clientId === undefined ? {} : { clientId }) };
  }
  if (clientId === undefined || secret === undefined)
    throw new OAuthError(
      'invalid_client',
      'the client does not prove itself: send client_id and client_secret, the same as HTTP Basic, or client_assertion',
    );
  return { kind: 'secret', clientId, secret };
}

function basic(authorization: string, clientId: string | undefined): ClientProof {
  const [, pair = ''] = /^basic +([\w+/-]+={0,2}) *$/i.exec(authorization) ?? [];
  const text = Buffer.from(pair, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  const [id, secret] = [decoded(text.slice(0, colon)), decoded(text.slice(colon + 1))];
  if (colon < 1 || id === undefined || secret === undefined)
    throw new OAuthError(
      'invalid_client',
      'the Authorization header must be HTTP Basic with client_id and client_secret',
    );
  if (clientId !== undefined && clientId !== id)
    throw new OAuthError('invalid_request', 'client_id differs between the body and the Authorization header');
  return { kind: 'secret', clientId: id, secret };
}

/** As `application/x-www-form-urlencoded` has it (RFC 6749 §2.3.1). */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
