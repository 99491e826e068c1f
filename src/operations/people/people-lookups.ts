import type { Outbox } from '../../notify/outbox/outbox.ts';
import type { ResourceStore } from '../../provisioning/records/resource-store.ts';
import type { RequestLog, RequestLogEntry } from '../../domain/request-log.ts';

/** Something that what was typed names, beside people's words. */
export interface Found {
  readonly kind: 'person' | 'group' | 'delivery' | 'request' | 'credential';
  readonly id: string;
  /** The person it is about, where it is about one. */
  readonly person?: string | undefined;
  /** Of a credential: its client. */
  readonly client?: string | undefined;
}

/** Where identifiers are looked up. */
export interface LookupParts {
  readonly store: Pick<ResourceStore, 'typesOf'>;
  readonly outbox: Pick<Outbox, 'find'>;
  readonly requests: Pick<RequestLog, 'list'>;
  /** Finds credentials by the first characters of their token. */
  readonly credentialsBy: (tenant: string, prefix: string) => Promise<readonly { id: string; client: string }[]>;
}

const identifier = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;
const deliveryId = /^[\w-]{8,80}(?:\.[\w-]{1,80}){1,3}$/;
const tokenPrefix = /^lk_[\w-]{2,}/;

/** Looks up what was typed as an id of a person, group, delivery or request, and as the beginning of a token. */
export async function lookUp(parts: LookupParts, tenant: string, typed: string): Promise<readonly Found[]> {
  const text = typed.trim().slice(0, 200);
  if (identifier.test(text)) {
    const type = (await parts.store.typesOf(tenant, [text])).get(text);
    if (type === 'User') return [{ kind: 'person', id: text, person: text }];
    if (type === 'Group') return [{ kind: 'group', id: text }];
    return requestsOf(parts, tenant, text);
  }
  if (tokenPrefix.test(text)) {
    const found = await parts.credentialsBy(tenant, text);
    return found.map(({ id, client }) => ({ kind: 'credential', id, client }));
  }
  if (!deliveryId.test(text)) return [];
  const delivery = await parts.outbox.find(tenant, text);
  return delivery === undefined ? [] : [{ kind: 'delivery', id: text, person: delivery.userId }];
}

/** The ids of requests begin with the moment they came: the log is looked at around it. */
async function requestsOf({ requests }: LookupParts, tenant: string, id: string): Promise<readonly Found[]> {
  const entry = await findRequest(requests, tenant, id);
  return entry === undefined ? [] : [{ kind: 'request', id, person: personIn(entry) }];
}

/** Finds a call by its id (UUID version 7, RFC 9562 §5.7); undefined where the log does not have it any more. */
export async function findRequest(
  requests: Pick<RequestLog, 'list'>,
  tenant: string,
  id: string,
): Promise<RequestLogEntry | undefined> {
  const at = parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
  if (Number.isNaN(at) || at > 8.64e15) return undefined;
  const [from, until] = [new Date(at - 60_000).toISOString(), new Date(at + 60_000).toISOString()];
  let after: string | undefined = until;
  for (let pages = 0; pages < 20 && after !== undefined; pages += 1) {
    const { entries, next } = await requests.list({ tenant, since: from, after, count: 1000 });
    const found = entries.find((entry) => entry.id === id);
    if (found !== undefined) return found;
    after = next;
  }
  return undefined;
}

/** The id of the user that a call is about, where its path names one. */
export function personIn({ path }: Pick<RequestLogEntry, 'path'>): string | undefined {
  return /^\/Users\/([\w-]{8,64})$/i.exec(path)?.[1];
}
