import type { JsonObject } from '../../base/json.ts';
import { answer } from '../answer/scim-answer.ts';
import { formatEtag } from '../answer/etag.ts';
import type { ResourceTypes } from '../model/resource-type.ts';
import { ExpiredCursorError, InvalidCountError, InvalidCursorError, ScimError } from '../model/scim-error.ts';
import type { ChangeFeed } from '../port/change-feed.ts';
import type { ScimRequest, ScimResponse } from '../port/scim-request.ts';
import { mayUse } from './limited-handler.ts';

const schema = 'urn:ietf:params:scim:schemas:latchkey:2.0:Changes';
const usual = 200;
const most = 1_000;

/**
 * Answers `GET /.changes?cursor=&count=`: what has changed since a cursor. Without a cursor the feed begins with the
 * oldest change that is kept, with `cursor=now` at this moment. A resource that was deleted stays in it as such.
 * @throws ScimError 501 without a feed; InvalidCursorError, ExpiredCursorError, InvalidCountError
 */
export async function answerChanges(
  { context, query }: ScimRequest,
  types: ResourceTypes,
  feed: ChangeFeed | undefined,
): Promise<ScimResponse> {
  if (feed === undefined) throw new ScimError(501, undefined, 'There is no feed of changes here.');
  const { tenant } = context;
  const count = countIn(query.get('count'));
  const cursor = query.get('cursor') ?? '';
  const place = cursor === 'now' ? await feed.end(tenant) : placeIn(cursor);
  const page = cursor === 'now' ? { changes: [], upTo: place, more: false } : await feed.after(tenant, place, count);
  if (page === undefined)
    throw new ExpiredCursorError(
      'cursor: changes since then are not kept any more. Read all resources, then begin again.',
    );
  const seen = page.changes.filter(({ resourceType }) => {
    const type = types.byName(resourceType);
    return type !== undefined && type.definition.readOnly !== true && mayUse(context, type);
  });
  const body: JsonObject = {
    schemas: [schema],
    changes: seen.map(({ version, ...change }) => ({ ...change, version: formatEtag(version) })),
    nextCursor: Buffer.from(`c${page.upTo}`).toString('base64url'),
    more: page.more,
  };
  return answer(200, body);
}

function countIn(text: string | null): number {
  if (text === null || text === '') return usual;
  if (!/^\d{1,9}$/.test(text) || Number(text) < 1)
    throw new InvalidCountError(`count: it must be an integer from 1 to ${most}.`);
  return Math.min(Number(text), most);
}

function placeIn(cursor: string): number {
  if (cursor === '') return 0;
  const place = /^c(\d{1,15})$/.exec(Buffer.from(cursor.slice(0, 40), 'base64url').toString('utf8'))?.[1];
  if (place === undefined)
    throw new InvalidCursorError(
      'cursor: this server has not given it out. Leave it out to begin with the oldest change.',
    );
  return Number(place);
}
