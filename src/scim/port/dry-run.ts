import { isJsonObject, type Json, type JsonObject } from '../../base/json.ts';
import { JsonText } from '../../base/json-text.ts';
import { InvalidValueError } from '../model/scim-error.ts';

/** URN of what a dry run adds to its answer. */
export const dryRunUrn = 'urn:ietf:params:scim:api:messages:latchkey:2.0:DryRun';

/**
 * Whether a call asks for a dry run (`?dryRun=true`), however the letters of the name and value are written. Who wants
 * a trial must never get the real thing, so what cannot be read is `unclear`: any other value, and the name twice.
 */
export function wantsDryRun(query: URLSearchParams): boolean | 'unclear' {
  let wanted: boolean | 'unclear' | undefined;
  for (const [name, value] of query) {
    if (name.length !== 6 || name.toLowerCase() !== 'dryrun') continue;
    const word = value.toLowerCase();
    if (wanted !== undefined || (word !== 'true' && word !== 'false')) return 'unclear';
    wanted = word === 'true';
  }
  return wanted ?? false;
}

/** The refusal of a call that may or may not ask for a dry run. */
export function unclearDryRun(): InvalidValueError {
  return new InvalidValueError('dryRun must be given once, as true or false: nothing was done.');
}

/** A message that a write would have sent. Secrets are replaced by a visible placeholder. */
export type PlannedMessage = {
  channel: string;
  template: string;
  /** Absent where there is no address. */
  to?: string;
  /** ISO 8601 UTC: when it would go out at the earliest. */
  notBefore: string;
  /** Why it would wait, or would not go at all. */
  reason?: string;
  subject?: string;
  text?: string;
};

/** What a write would have brought about besides what it would have stored. */
export interface DryRunReport {
  readonly deliveries: readonly PlannedMessage[];
  /** What decided, each as `name: sentence`. */
  readonly rules: readonly string[];
}

/**
 * The answer of a dry run: the resource as it would be stored, with the report as an extension.
 * @param body the answer of the write itself; undefined for a DELETE
 * @param rules how the protocol read the request, put before the report's own rules
 */
export function withDryRun(
  body: JsonText | undefined,
  { deliveries, rules: own }: DryRunReport,
  rules: readonly string[],
): JsonObject {
  const answered = body?.parse();
  const resource: JsonObject = isJsonObject(answered) ? answered : {};
  const schemas = Array.isArray(resource['schemas']) ? resource['schemas'] : [];
  return {
    ...resource,
    schemas: [...schemas, dryRunUrn],
    [dryRunUrn]: { deliveries: [...deliveries], rules: [...rules, ...own] },
  };
}

/** The report in a dry run's answer, for the line of a Bulk response; undefined for other answers. */
export function dryRunIn(
  body: Json | JsonText | AsyncIterable<string> | undefined,
): { readonly location: string | undefined; readonly report: JsonObject } | undefined {
  if (typeof body !== 'object' || body === null || body instanceof JsonText) return undefined;
  if (Symbol.asyncIterator in body || !isJsonObject(body)) return undefined;
  const { [dryRunUrn]: report, meta } = body;
  const location = isJsonObject(meta) ? meta['location'] : undefined;
  return isJsonObject(report) ? { location: typeof location === 'string' ? location : undefined, report } : undefined;
}
