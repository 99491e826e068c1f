import type { JsonObject } from '../../base/json.ts';
import { ScimError } from '../../scim/model/scim-error.ts';
import type { CreateDraft } from '../../scim/port/batch-handler.ts';
import type { Representation, RequestContext } from '../../scim/port/resource-handler.ts';
import { validateResource } from '../../scim/validate/validate-resource.ts';
import type { ImportBatch } from '../batch/import-batch.ts';
import type { PeopleParts } from '../batch/people.ts';
import type { Decision } from '../plan/decide-row.ts';
import { withValue } from '../plan/places.ts';

/** What making people works with. */
export type CreateRowsParts = Pick<PeopleParts, 'handler' | 'userType'> & {
  readonly timezoneOf: (tenant: string) => string;
};

const latchkeyUrn = 'urn:ietf:params:scim:schemas:extension:latchkey:2.0:User';

/**
 * Makes the people of all rows that are creates, with one call. It is safe to repeat: each create bears a key of its
 * own, so that whichever process repeats it finds the person it has made.
 * @returns of each row, in their order, what came of it; undefined where it is not a create
 */
export async function createRows(
  parts: CreateRowsParts,
  batch: ImportBatch,
  context: RequestContext,
  rows: readonly { readonly row: { readonly line: number }; readonly decision: Decision }[],
): Promise<readonly (Representation | ScimError | undefined)[]> {
  const answers: (Representation | ScimError | undefined)[] = rows.map(() => undefined);
  const drafts: CreateDraft[] = [];
  const places: number[] = [];
  for (const [place, { row, decision }] of rows.entries()) {
    if (decision.kind !== 'create') continue;
    try {
      const attempt = { key: `import/${batch.id}/${row.line}`, digest: `${batch.id}/${row.line}` };
      const resource = bodyToCreate(parts, batch, decision.resource);
      drafts.push({ resource, requestId: `${batch.id}-${row.line}`, ...(context.dryRun ? {} : { attempt }) });
      places.push(place);
    } catch (cause) {
      if (!(cause instanceof ScimError)) throw cause;
      answers[place] = cause;
    }
  }
  if (drafts.length === 0) return answers;
  const made = await parts.handler.createEach(context, parts.userType, drafts);
  for (const [index, answer] of made.entries()) {
    if (answer instanceof ScimError && answer.status >= 500) throw answer;
    answers[places[index] ?? 0] = answer;
  }
  return answers;
}

/** The SCIM User of a new person. Until it is decided whether they are invited, the plan shows invitations. */
function bodyToCreate(
  { userType, timezoneOf }: CreateRowsParts,
  { tenant, options }: Pick<ImportBatch, 'tenant' | 'options'>,
  resource: JsonObject,
): JsonObject {
  const own = resource[latchkeyUrn] as JsonObject | undefined;
  const invited = options.invite === false ? false : (own?.['preRegistration'] ?? true);
  const body = withValue(resource, `${latchkeyUrn}:preRegistration`, invited);
  return validateResource(
    userType,
    { ...body, schemas: [userType.schema.id] },
    { context: 'create', unknownAttributes: 'refuse', timezone: timezoneOf(tenant) },
  ).resource;
}
