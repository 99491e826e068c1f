import { soonOr, type Soon } from '../../base/soon.ts';
import { formatEtag } from '../answer/etag.ts';
import { projectionWants } from '../answer/project-attributes.ts';
import { parseProjection, type Projection } from '../answer/projection.ts';
import type { JsonObject } from '../../base/json.ts';
import { listParameterOf } from '../port/request-preferences.ts';
import type { Representation, RequestContext, Include } from '../port/resource-handler.ts';
import type { ResourceType } from '../model/resource-type.ts';
import { InvalidValueError, UniquenessError } from '../model/scim-error.ts';
import type { ScimRequest, ScimResponse } from '../port/scim-request.ts';
import type { Shown } from '../answer/shown.ts';

export const nothing: Include = { members: false, groups: false };

/** The audit of a change tells how its request was understood. */
export function withRules(context: RequestContext, rules: readonly string[] = []): RequestContext {
  return rules.length === 0 ? context : { ...context, rules: [...new Set(rules)] };
}

/** A refusal tells a client that does not read nothing of another resource either. */
export function forCaller({ context }: ScimRequest, answered: () => Soon<ScimResponse>): Soon<ScimResponse> {
  return soonOr(answered, (cause) => {
    throw context.writesOnly === true && cause instanceof UniquenessError ? cause.withoutHolder() : cause;
  });
}

/** @param sent what the client sent: all that an answer may show to one that does not read */
export function shownTo({ context: { writesOnly } }: ScimRequest, shown: Shown, sent: JsonObject): Shown {
  return writesOnly === true ? { ...shown, sent } : shown;
}

export function wantsOf({ context: { writesOnly } }: ScimRequest, type: ResourceType, projection: Projection): Include {
  return writesOnly === true ? nothing : projectionWants(type, projection);
}

/** RFC 7240 §3. */
export const applied = { 'Preference-Applied': 'return=minimal' } as const;

export function etagOf({ version }: Representation): { ETag: string } {
  return { ETag: formatEtag(version) };
}

export function projectionOf({ query }: ScimRequest, type: ResourceType): Projection {
  const named = (name: string): string | undefined => {
    const list = listParameterOf(query, name);
    if (list?.trim() === '') throw new InvalidValueError(`${name} is empty: give it a value, or leave it out.`);
    return list;
  };
  return parseProjection(type, { attributes: named('attributes'), excludedAttributes: named('excludedAttributes') });
}
