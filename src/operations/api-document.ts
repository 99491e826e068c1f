import type { ErrorObject, ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { JsonFile, shippedSchema } from '../base/json-file.ts';
import { isJsonObject, type Json, type JsonObject } from '../base/json.ts';
import { lazily } from '../base/lazily.ts';
import { packageFile } from '../base/package-root.ts';
import { isRole, type Role } from '../domain/role.ts';
import { InvalidSyntaxError, InvalidValueError } from '../scim/model/scim-error.ts';
import { sentenceOf } from '../base/schema-sentence.ts';
import { withFullStop } from '../text/full-stop.ts';

/** One operation of the document, ready to be served. */
export interface DocumentedOperation {
  readonly id: string;
  readonly method: string;
  /** With parameters as `{id}`. */
  readonly path: string;
  /** The scope a client needs; undefined: anybody may call. */
  readonly scope: string | undefined;
  /** The roles of people who may call it (`x-roles`); none where it is for clients alone. */
  readonly roles: readonly Role[];
  /**
   * What a client that is limited to resource types must have to call it (`x-resource-type`); `none`: its limits are of
   * no matter; undefined: such a client, and one that is limited to attributes, may not call it.
   */
  readonly resourceType: string | undefined;
  /** Whether the body may be a file. */
  readonly takesFile: boolean;
  /** @throws InvalidValueError naming each parameter that is wrong */
  readQuery(query: URLSearchParams): JsonObject;
  /** @throws InvalidSyntaxError, InvalidValueError naming each field that is wrong */
  readBody(body: Json | undefined): Json | undefined;
}

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;
const root = 'openapi.json';

/** An OpenAPI 3.1 document that is served and obeyed: what the code checks is what the document says. */
export class ApiDocument {
  /** As it is served. */
  readonly json: JsonObject;
  readonly operations: readonly DocumentedOperation[];
  readonly #byId: ReadonlyMap<string, DocumentedOperation>;
  readonly #bodies = new Ajv2020({ ...shippedSchema, strict: false, allErrors: true, verbose: true });
  readonly #queries = new Ajv2020({
    ...shippedSchema,
    strict: false,
    allErrors: true,
    // For the nearest name of one that is not known; no sentence repeats a value.
    verbose: true,
    coerceTypes: true,
    useDefaults: true,
  });

  /** Reads `schemas/openapi.json`. */
  constructor() {
    const { value } = new JsonFile(packageFile('schemas/openapi.json'));
    if (!isJsonObject(value)) throw new Error('schemas/openapi.json is not a JSON object');
    this.json = value;
    for (const ajv of [this.#bodies, this.#queries]) {
      addFormats.default(ajv);
      ajv.addSchema(value, root);
    }
    this.operations = Object.entries(objectAt(value, 'paths')).flatMap(([path, item]) =>
      methods.flatMap((method) =>
        isJsonObject(item) && isJsonObject(item[method]) ? [this.#operation(path, method, item[method])] : [],
      ),
    );
    this.#byId = new Map(this.operations.map((one) => [one.id, one]));
  }

  /**
   * An operation by its `operationId`.
   * @throws Error where there is none such
   */
  operation(id: string): DocumentedOperation {
    const found = this.#byId.get(id);
    if (found === undefined) throw new Error(`openapi.json has no operation ${id}`);
    return found;
  }

  /** The check of one of the document's schemas, by a JSON pointer into it. */
  validator(pointer: string): ValidateFunction {
    return this.#bodies.compile({ $ref: `${root}#${pointer}` });
  }

  #operation(path: string, method: string, operation: JsonObject): DocumentedOperation {
    const security = operation['security'] ?? this.json['security'];
    const [requirement] = Array.isArray(security) ? security : [];
    const scopes = isJsonObject(requirement) ? Object.values(requirement)[0] : undefined;
    const parameters = Array.isArray(operation['parameters'])
      ? operation['parameters'].map((one) => this.#resolve(one))
      : [];
    const body = isJsonObject(operation['requestBody']) ? operation['requestBody'] : undefined;
    return {
      id: textOf(operation['operationId']),
      method,
      path,
      scope: Array.isArray(scopes) ? textOf(scopes[0]) : undefined,
      roles: rolesOf(operation['x-roles']),
      resourceType: typeof operation['x-resource-type'] === 'string' ? operation['x-resource-type'] : undefined,
      takesFile: body !== undefined && objectAt(body, 'content')['application/octet-stream'] !== undefined,
      readQuery: this.#queryReader(parameters.filter((one) => one['in'] === 'query')),
      readBody:
        body === undefined
          ? () => undefined
          : this.#bodyReader(body, `/paths/${pointerSegment(path)}/${method}/requestBody`),
    };
  }

  #resolve(value: Json): JsonObject {
    const object = isJsonObject(value) ? value : {};
    if (typeof object['$ref'] !== 'string') return object;
    return object['$ref']
      .split('/')
      .slice(1)
      .reduce((at, segment) => objectAt(at, segment), this.json);
  }

  #queryReader(parameters: readonly JsonObject[]): DocumentedOperation['readQuery'] {
    const properties = Object.fromEntries(parameters.map(({ name, schema }) => [textOf(name), schema ?? {}]));
    const lists = new Set(
      parameters.filter(({ schema }) => isJsonObject(schema) && schema['type'] === 'array').map(({ name }) => name),
    );
    const required = parameters.filter((one) => one['required'] === true).map(({ name }) => name);
    // A start compiles no check, because most operations are seldom called.
    const check = lazily(() =>
      this.#queries.compile({ type: 'object', properties, required, additionalProperties: false }),
    );
    return (query) => {
      const given: JsonObject = {};
      for (const [name, value] of query) {
        if (Object.hasOwn(given, name)) throw new InvalidValueError(`${name.slice(0, 100)} is given more than once.`);
        given[name] = lists.has(name) ? value.split(',') : value;
      }
      const valid = check();
      if (!valid(given)) throw new InvalidValueError(sentencesOf(valid.errors));
      return given;
    };
  }

  #bodyReader(requestBody: JsonObject, pointer: string): DocumentedOperation['readBody'] {
    const check = lazily(() => this.validator(`${pointer}/content/application~1json/schema`));
    return (body) => {
      if (body === undefined && requestBody['required'] !== true) return {};
      if (!isJsonObject(body)) throw new InvalidSyntaxError('The body must be a JSON object.');
      const valid = check();
      if (!valid(body)) throw new InvalidValueError(sentencesOf(valid.errors));
      return body;
    };
  }
}

function objectAt(object: JsonObject, name: string): JsonObject {
  const value = object[name];
  return isJsonObject(value) ? value : {};
}

function rolesOf(value: Json | undefined): readonly Role[] {
  return Array.isArray(value) ? value.filter(isRole) : [];
}

function textOf(value: Json | undefined): string {
  if (typeof value !== 'string') throw new Error('openapi.json lacks a name where one belongs');
  return value;
}

/** A segment of a JSON pointer inside a URI fragment. */
function pointerSegment(segment: string): string {
  return encodeURIComponent(segment.replaceAll('~', '~0').replaceAll('/', '~1'));
}

/** Names each place and says what is wrong with it; never repeats a value, which may be a secret. */
function sentencesOf(errors: readonly ErrorObject[] | null | undefined): string {
  // 'anyOf' and 'oneOf' only say that what they list has failed, which is reported by itself.
  const sentences = new Map<string, string>();
  for (const error of (errors ?? []).filter(({ keyword }) => keyword !== 'anyOf' && keyword !== 'oneOf')) {
    const { missingProperty, additionalProperty } = error.params as Record<string, unknown>;
    const place = [
      ...error.instancePath.split('/').slice(1),
      ...[missingProperty, additionalProperty].filter((one) => one !== undefined).map(String),
    ];
    const name = place.join('.').slice(0, 100) || 'the body';
    const fault = missingProperty === undefined ? sentenceOf(error) : 'is missing';
    const before = sentences.get(name);
    // Several forms are allowed, and it is of none of them.
    const isAlternative =
      before?.startsWith('must be ') === true && (error.keyword === 'format' || error.keyword === 'type');
    sentences.set(name, isAlternative ? `${before}, or ${fault.slice('must be '.length)}` : (before ?? fault));
  }
  return [...sentences].map(([name, fault]) => withFullStop(`${name} ${fault}`)).join(' ');
}
