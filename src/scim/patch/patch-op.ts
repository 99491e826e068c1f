import { isJsonObject } from '../../base/json.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import { Dialect } from '../model/dialects.ts';
import type { ClientProfile } from '../../domain/client-profile.ts';
import { membersOf } from '../model/given-twice.ts';
import { maxPathLength } from '../filter/path.ts';
import { InvalidPathError, InvalidSyntaxError, InvalidValueError, TooManyError } from '../model/scim-error.ts';

/** One operation of a PATCH request (RFC 7644 §3.5.2), `op` in lower case, `value` as sent. */
export interface PatchOperation {
  readonly op: 'add' | 'remove' | 'replace';
  readonly path?: string;
  readonly value?: Json;
  /** The names of the dialect rules that its spelling needed (see `dialects.ts`). */
  readonly rules?: readonly string[];
}

/** The URN of a PATCH body (RFC 7644 §3.5.2). */
export const patchOpUrn = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

/** The most operations one PATCH request may hold. */
export const maxPatchOperations = 1000;

/**
 * Reads the body of a PATCH request (RFC 7644 §3.5.2): its envelope and each operation's own shape, not what the
 * operations mean.
 * @returns an empty list by the rule `noOperations` alone
 * @throws InvalidSyntaxError naming the operation as `Operations[2]`, and a name that is there twice, in whatever
 *   letter case; InvalidValueError where a `value` is missing; TooManyError above {@link maxPatchOperations}
 */
export function parsePatchRequest(body: Json | undefined, profile: ClientProfile): readonly PatchOperation[] {
  if (!isJsonObject(body))
    throw new InvalidSyntaxError('The body of a PATCH must be a JSON object with "schemas" and "Operations".');
  const envelope = new Dialect(profile);
  membersOf(body, ['schemas', 'Operations']);
  checkSchemas(body, envelope);
  const operations = operationsOf(body, envelope);
  if (!Array.isArray(operations) || (operations.length === 0 && !envelope.permits('noOperations')))
    throw new InvalidSyntaxError('"Operations" must be a list of at least one operation.');
  if (operations.length > maxPatchOperations) {
    throw new TooManyError(
      `A PATCH may hold at most ${maxPatchOperations} operations; this one holds ${operations.length}.`,
    );
  }
  return operations.map((operation, index) =>
    parseOperation(operation, `Operations[${index}]`, profile, envelope.rules()),
  );
}

function checkSchemas(body: JsonObject, dialect: Dialect): void {
  const schemas = body['schemas'];
  if (schemas === undefined || schemas === null || (Array.isArray(schemas) && schemas.length === 0)) {
    if (dialect.permits('missingSchemas')) return;
    throw new InvalidSyntaxError(`"schemas" is missing: it must be ["${patchOpUrn}"].`);
  }
  if (!Array.isArray(schemas) && !dialect.permits('schemasAsText'))
    throw new InvalidSyntaxError(`"schemas" must be a list: ["${patchOpUrn}"].`);
  const urns = Array.isArray(schemas) ? schemas : [schemas];
  if (!urns.some((urn) => typeof urn === 'string' && urn.toLowerCase() === patchOpUrn.toLowerCase())) {
    throw new InvalidSyntaxError(`"schemas" of a PATCH must name "${patchOpUrn}".`);
  }
}

function operationsOf(body: JsonObject, dialect: Dialect): Json | undefined {
  if (body['Operations'] !== undefined) return body['Operations'];
  const key = Object.keys(body).find((name) => name.toLowerCase() === 'operations');
  return key !== undefined && dialect.permits('operationsKey') ? body[key] : undefined;
}

function parseOperation(
  operation: Json,
  where: string,
  profile: ClientProfile,
  envelopeRules: readonly string[],
): PatchOperation {
  if (!isJsonObject(operation))
    throw new InvalidSyntaxError(`${where}: must be an object with "op" and, as needed, "path" and "value".`);
  const dialect = new Dialect(profile);
  dialect.note(envelopeRules);
  const { op: opName, path: pathText, value } = membersOf(operation, ['op', 'path', 'value'], where);
  const op = parseOp(opName, where, dialect);
  const path = parsePathMember(pathText, where, dialect);
  if (op !== 'remove' && value === undefined) throw new InvalidValueError(`${where}: "${op}" needs a "value".`);
  const rules = dialect.rules();
  return {
    op,
    ...(path === undefined ? {} : { path }),
    ...(value === undefined ? {} : { value }),
    ...(rules.length === 0 ? {} : { rules }),
  };
}

function parseOp(op: Json | undefined, where: string, dialect: Dialect): PatchOperation['op'] {
  const folded = typeof op === 'string' ? op.toLowerCase() : op;
  if (folded !== 'add' && folded !== 'remove' && folded !== 'replace') {
    throw new InvalidSyntaxError(
      `${where}: "op" must be "add", "remove" or `
        + `"replace"${typeof op === 'string' ? `, not "${op.slice(0, 40)}"` : ''}.`,
    );
  }
  if (folded !== op && !dialect.permits('capitalisedOp'))
    throw new InvalidSyntaxError(`${where}: "op" must be in lower case.`);
  return folded;
}

function parsePathMember(path: Json | undefined, where: string, dialect: Dialect): string | undefined {
  if (path === undefined) return undefined;
  if ((path === null || path === '') && dialect.permits('emptyPath')) return undefined;
  if (typeof path !== 'string') throw new InvalidSyntaxError(`${where}: "path" must be text.`);
  // Before anybody looks into it, the logs included.
  if (path.length > maxPathLength)
    throw new InvalidPathError(`${where}: the path is longer than ${maxPathLength} characters.`);
  return path;
}
