import { isJsonObject, type Json, type JsonObject } from '../../base/json.ts';
import { JsonText } from '../../base/json-text.ts';

/** URN of what a dry run adds to its answer. */
export const dryRunUrn = 'urn:ietf:params:scim:api:messages:latchkey:2.0:DryRun';

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
