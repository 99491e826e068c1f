import type { Actor } from '../../domain/actor.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { RequestLogEntry } from '../../domain/request-log.ts';
import type { Client } from '../../domain/client.ts';
import { FloodGate } from './flood-gate.ts';
import { hideLongValues, loggedPath } from './logged-path.ts';
import { hidePresented, presentedSecrets } from './presented-secrets.ts';
import type { HideSecrets } from './hide-secrets.ts';
import type { RequestRecorder } from './request-recorder.ts';

/** A refused request, whatever its source. */
export interface Refusal {
  readonly requestId: string;
  /** Whose routes were called. */
  readonly tenant: string;
  readonly method: string;
  /** As it came, without the query. */
  readonly path: string;
  /** Without the question mark; empty where there was none. */
  readonly query: string;
  readonly status: number;
  /** Until the answer was sent, in milliseconds. */
  readonly ms: number;
  /** Where it came from, as far as trusted proxies tell. */
  readonly address: string;
  /** The `Authorization` field as it came, good or not: what it presents is in none of the logs. */
  readonly authorization?: string | undefined;
  /** One word: `unknownToken`, `notServed`, `locked`. */
  readonly outcome: string;
  /** Who called, where that was proved. */
  readonly client?: Client | undefined;
  /** The user name that was tried; the log gets a keyed hash of it. */
  readonly name?: string | undefined;
  /** The last four characters of a token that is not known. */
  readonly tokenEnd?: string | undefined;
  /** What the caller was told; a refusal with one belongs to a call, and is kept in the request log. */
  readonly detail?: string | undefined;
}

/** Takes a refusal down. */
export type NoteRefusal = (refusal: Refusal) => void;

/** What refusals are taken down with. */
export interface RefusalParts {
  /** Whether there is such a tenant: its request log has the calls of callers that are not known. */
  readonly isTenant: (id: string) => boolean;
  readonly clock: Clock;
  readonly log: Log;
  readonly recorder: Pick<RequestRecorder, 'record'>;
  /** Where the audit is told of calls that would have changed something. */
  readonly trail?: { note(note: RefusedCall): void };
  readonly hideSecrets: HideSecrets;
  /** The keyed hash logged in place of a user name: the same name gives the same hash. */
  readonly hashName: (name: string) => string;
}

/** A call that would have changed something, as the audit tells of it. */
export interface RefusedCall {
  readonly tenant: string;
  readonly type: 'request.refused';
  readonly actor: Actor;
  readonly triggeredBy: 'scim' | 'admin_api';
  readonly address: string;
  readonly requestId: string;
  readonly target: { readonly type: string; readonly id: string };
  readonly outcome: 'refused';
  readonly reason: string;
  readonly data: JsonObject;
}

/** What a refused call is in the audit; undefined for one that would only have read, or that failed by our fault. */
export function refusedCall(call: {
  readonly tenant: string;
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly address: string;
  readonly client?: { readonly id: string; readonly name: string } | undefined;
  readonly reason: string;
}): RefusedCall | undefined {
  const { method, status } = call;
  if (method === 'GET' || method === 'HEAD' || status < 400 || status >= 500 || status === 429) return undefined;
  return refusedPart(call);
}

/** What a part of a call that was not carried out is in the audit, such as members that do not exist. */
export function refusedPart(call: Parameters<typeof refusedCall>[0]): RefusedCall {
  const { tenant, requestId, method, path, status, address, client, reason } = call;
  const [type = '', id = ''] = path.split('/').filter((part) => part !== '');
  return {
    tenant,
    type: 'request.refused',
    actor: { kind: 'client', id: client?.id ?? 'unknown', name: client?.name ?? 'unknown' },
    triggeredBy: path.startsWith('/admin/') || path.startsWith('/auth/') ? 'admin_api' : 'scim',
    address,
    requestId,
    // What is told here outlives a person who is erased: an address in the place of an id is left to the path below.
    target: { type: isWord(type) ? type : '', id: isId(id) ? id : '' },
    outcome: 'refused',
    reason: reason.slice(0, longestText),
    data: { method: method.slice(0, 20), path: path.slice(0, 200), status },
  };
}

const longestText = 1000;

function isWord(text: string): boolean {
  return /^[\w.-]{1,60}$/.test(text);
}

/** As ours are: hexadecimal digits and hyphens. */
function isId(text: string): boolean {
  return /^[\da-f-]{20,60}$/i.test(text);
}

/**
 * Gives each request that was turned away one line in the log, and calls an entry in the request log too, so that an
 * administrator sees whether a provider reaches us at all. Neither names a person nor holds a token. A flood is cut:
 * the next line says how many have been left out (`withheld`).
 */
export function createNoteRefusal({
  isTenant,
  clock,
  log,
  recorder,
  trail,
  hideSecrets: hideAll,
  hashName,
}: RefusalParts): NoteRefusal {
  const gate = new FloodGate(() => clock.now().getTime());
  return (refusal) => {
    const { requestId, tenant, method, status, ms, address, outcome, client, name, tokenEnd, detail } = refusal;
    const { passes, isKept, withheld } = gate.admit(`${outcome} ${client?.id ?? address}`);
    if (!passes) return;
    const secrets = presentedSecrets(refusal.authorization);
    const hideSecrets = hideAll.presenting(secrets);
    // Before anything is cut: the first half of a token would not be known for one.
    const [path, query] = [hidePresented(refusal.path, secrets), hidePresented(refusal.query, secrets)];
    const shown = hideSecrets.path(path.slice(0, longestText));
    const known = { ...(address === '' ? {} : { address }), ...(tokenEnd === undefined ? {} : { tokenEnd }) };
    log.info(
      {
        requestId,
        // One that there is not is a word of the caller's, as good as any of the path.
        tenant: isTenant(tenant) ? tenant : '…',
        method: method.slice(0, 20),
        path: loggedPath(shown),
        status,
        outcome,
        ...known,
        ...(client === undefined ? {} : { client: client.name }),
        ...(name === undefined ? {} : { nameHash: hashName(name) }),
        ...(withheld === 0 ? {} : { withheld }),
      },
      'refused',
    );
    if (detail === undefined || !isKept || !isTenant(client?.tenant ?? tenant)) return;
    const reason = hideSecrets.prose(detail).slice(0, longestText);
    const told = refusedCall({ ...refusal, tenant: client?.tenant ?? tenant, path: shown, reason });
    if (told !== undefined) trail?.note(told);
    const entry: RequestLogEntry = {
      id: requestId,
      tenant: client?.tenant ?? tenant,
      at: new Date(clock.now().getTime() - ms).toISOString(),
      ...(client === undefined ? {} : { client: { id: client.id, name: client.name } }),
      method: method.slice(0, 20),
      path: shown,
      ...(query === ''
        ? {}
        : { query: hideLongValues(hideSecrets.query(query.slice(0, 2 * longestText))).slice(0, longestText) }),
      status,
      ms,
      outcome,
      ...known,
      detail: reason,
    };
    recorder.record(entry);
  };
}
