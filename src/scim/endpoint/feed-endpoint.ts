import { isJsonObject, type Json, type JsonObject } from '../../base/json.ts';
import { answer } from '../answer/scim-answer.ts';
import { InvalidValueError, NotFoundError, ScimError } from '../model/scim-error.ts';
import type { ScimRequest, ScimResponse } from '../port/scim-request.ts';
import type { TokenFeeds, TokensAsked } from '../port/token-feeds.ts';

/** Tokens in one answer, and acknowledgements in one request, at most. */
const mostTokens = 100;
const mostAcknowledged = 1_000;

/**
 * Answers `POST /.feeds/{id}`: a receiver fetches security event tokens and acknowledges those that it has (RFC 8936).
 * @throws NotFoundError; InvalidValueError naming the member; ScimError 501 without feeds
 */
export async function answerFeed(
  { context, body }: ScimRequest,
  name: string,
  feeds: TokenFeeds | undefined,
): Promise<ScimResponse> {
  if (feeds === undefined) throw new ScimError(501, undefined, 'There are no feeds of events here.');
  const given = await feeds.poll(context, name, askedIn(body ?? {}));
  if (given === undefined)
    throw new NotFoundError(`There is no feed '${name.slice(0, 100)}' that client '${context.client.name}' may fetch.`);
  const { sets, moreAvailable } = given;
  return answer(
    200,
    { sets: { ...sets }, ...(moreAvailable ? { moreAvailable } : {}) },
    { 'Content-Type': 'application/json' },
  );
}

function askedIn(body: Json): TokensAsked {
  if (!isJsonObject(body)) throw new InvalidValueError('The body must be a JSON object (RFC 8936 §2.2).');
  const { maxEvents = mostTokens, returnImmediately = false, ack = [], setErrs = {} } = body;
  if (typeof maxEvents !== 'number' || !Number.isInteger(maxEvents) || maxEvents < 0)
    throw new InvalidValueError('maxEvents: it must be an integer of 0 or more.');
  if (typeof returnImmediately !== 'boolean')
    throw new InvalidValueError('returnImmediately: it must be true or false.');
  if (!Array.isArray(ack) || ack.length > mostAcknowledged || !ack.every((jti) => typeof jti === 'string'))
    throw new InvalidValueError(`ack: it must be a list of at most ${mostAcknowledged} ids of tokens.`);
  return { maxEvents: Math.min(maxEvents, mostTokens), returnImmediately, ack, setErrs: errorsIn(setErrs) };
}

function errorsIn(value: Json): TokensAsked['setErrs'] {
  if (!isJsonObject(value) || Object.keys(value).length > mostAcknowledged)
    throw new InvalidValueError(`setErrs: it must be an object of at most ${mostAcknowledged} errors by id of token.`);
  const text = (one: JsonObject, name: string): string => {
    const said = one[name];
    return typeof said === 'string' ? said.slice(0, 200) : '';
  };
  return Object.fromEntries(
    Object.entries(value).map(([jti, one]) => {
      if (!isJsonObject(one)) throw new InvalidValueError(`setErrs.${jti.slice(0, 100)}: it must be an object.`);
      return [jti, { err: text(one, 'err'), description: text(one, 'description') }];
    }),
  );
}
