import type { JsonObject } from '../base/json.ts';
import { type ChainEntry, type Facts, readPart, type SubjectPart } from '../history/chain-entry.ts';
import { momentOf } from '../history/audit-event.ts';

/** The events of RFC 9967 that are told. Values of resources are not: a receiver that may read them asks for them. */
const scim = {
  add: 'urn:ietf:params:scim:event:feed:add',
  create: 'urn:ietf:params:scim:event:prov:create:notice',
  patch: 'urn:ietf:params:scim:event:prov:patch:notice',
  remove: 'urn:ietf:params:scim:event:prov:delete',
  activate: 'urn:ietf:params:scim:event:prov:activate',
  deactivate: 'urn:ietf:params:scim:event:prov:deactivate',
  answered: 'urn:ietf:params:scim:event:misc:asyncresp',
} as const;

const riscPrefix = 'https://schemas.openid.net/secevent/risc/event-type/';

/** The events of OpenID RISC that go with those of a user. */
const risc: Readonly<Record<string, string>> = {
  'user.deactivated': `${riscPrefix}account-disabled`,
  'user.reactivated': `${riscPrefix}account-enabled`,
  'user.deleted': `${riscPrefix}account-purged`,
  'user.erased': `${riscPrefix}account-purged`,
};

/** The URIs of all events that a feed can tell: what `/ServiceProviderConfig` says (RFC 9967 §4). */
export const eventUris: readonly string[] = [...new Set([...Object.values(scim), ...Object.values(risc)])];

/** What a security event token claims (RFC 8417 §2.2). */
export interface TokenClaims extends JsonObject {
  jti: string;
  iat: number;
  iss: string;
  aud: string;
  txn: string;
  sub_id: JsonObject;
  events: JsonObject;
}

/** Whose tokens they are, and for whom. */
export interface Feed {
  readonly id: string;
  readonly iss: string;
  readonly aud: string;
  /** The path of a resource type's endpoint: `/Users`; undefined for what a feed tells nothing of. */
  readonly endpointOf: (resourceType: string) => string | undefined;
}

/**
 * The tokens that tell an event of the audit: one of SCIM (RFC 9967 §2), and where RISC knows the event one of RISC,
 * whose subjects are written in another way. Pure: an event always has the same tokens.
 */
export function tokensOf(entry: ChainEntry, feed: Feed): readonly TokenClaims[] {
  const facts = readPart<Facts>(entry.facts);
  if (facts === undefined) return [];
  const [, type, , , , , requestId, resourceType, id, version, outcome] = facts;
  const path = feed.endpointOf(resourceType);
  if (path === undefined || outcome !== 'done') return [];
  const claims = {
    iat: Math.floor(Date.parse(momentOf(entry)) / 1000),
    iss: feed.iss,
    aud: feed.aud,
    txn: requestId ?? entry.id,
  };
  const jti = `${feed.id}.${entry.seq}.${entry.id}`;
  const changes = readPart<SubjectPart>(entry.subject)?.[2] ?? [];
  const told = type === 'request.completed' ? answered(changes) : scimEvent(type, version, changes);
  const uri = id === '' ? path : `${path}/${id}`;
  const alert = resourceType === 'User' ? risc[type] : undefined;
  return [
    ...(told === undefined ? [] : [{ jti, ...claims, sub_id: { format: 'scim', uri }, events: told }]),
    ...(alert === undefined
      ? []
      : [
          {
            jti: `${jti}.risc`,
            ...claims,
            sub_id: { format: 'iss_sub', iss: feed.iss, sub: id },
            events: { [alert]: {} },
          },
        ]),
  ];
}

/** The place in the chain that a token tells of; undefined for a text that is no token's id of this feed. */
export function placeOf(jti: string, feed: string): number | undefined {
  const place = jti.startsWith(`${feed}.`) ? /^(\d{1,15})\./.exec(jti.slice(feed.length + 1))?.[1] : undefined;
  return place === undefined ? undefined : Number(place);
}

function scimEvent(type: string, version: number, changes: SubjectPart[2]): JsonObject | undefined {
  const notice = { attributes: changes.map(([path]) => path), version: `W/"${version}"` };
  if (type === 'user.restored') return { [scim.add]: {} };
  if (type.endsWith('.created') && version > 0) return { [scim.create]: notice };
  if (type.endsWith('.updated') && version > 0 && changes.length > 0) return { [scim.patch]: notice };
  if (type.endsWith('.deleted')) return { [scim.remove]: {} };
  if (type === 'user.reactivated' || type === 'user.activated') return { [scim.activate]: {} };
  return type === 'user.deactivated' ? { [scim.deactivate]: {} } : undefined;
}

/** What came of a request that was answered before it was done (RFC 9967 §2.5.1.3). */
function answered(changes: SubjectPart[2]): JsonObject | undefined {
  const told = Object.fromEntries(changes.map(([name, , value]) => [name, value ?? '']));
  const { method, bulkId, version, status, location, scimType, detail } = told;
  if (method === undefined || status === undefined) return undefined;
  return {
    [scim.answered]: {
      method,
      ...(bulkId === undefined ? {} : { bulkId }),
      ...(version === undefined ? {} : { version }),
      ...(location === undefined ? {} : { location }),
      status,
      ...(detail === undefined
        ? {}
        : {
            response: {
              schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
              ...(scimType === undefined ? {} : { scimType }),
              detail,
              status,
            },
          }),
    },
  };
}
