import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import { isJsonObject, type Json, type JsonObject } from '../../base/json.ts';
import { formatFaults, JsonFile, shippedSchema, type FileFault } from '../../base/json-file.ts';
import { packageFile } from '../../base/package-root.ts';
import { commonAttributes } from '../model/common-attributes.ts';
import { ResourceType, ResourceTypes, type SchemaExtension } from '../model/resource-type.ts';
import type { Schema } from '../model/schema.ts';
import {
  completeAttribute,
  definitionOf,
  type WrittenAttribute,
  type WrittenExtension,
  type WrittenResourceType,
  type WrittenSchema,
} from './written-schema.ts';
import { jsonFilesOf } from './json-files.ts';

/** Thrown when schema files cannot be used: every fault with its file and line. */
export class SchemaFilesError extends Error {
  override readonly name = 'SchemaFilesError';
  readonly faults: readonly FileFault[];

  constructor(faults: readonly FileFault[]) {
    super(`The SCIM schema files cannot be used:\n${formatFaults(faults)}`);
    this.faults = faults;
  }
}

/** A definition with the place it was read from. */
interface Found<T> {
  readonly file: JsonFile;
  readonly pointer: string;
  readonly value: T;
}

/** Endpoints of the protocol itself (RFC 7644 §3.2), which no resource type can have. */
const protocolEndpoints = new Set(['/serviceproviderconfig', '/resourcetypes', '/schemas', '/bulk', '/me']);

/**
 * Reads every SCIM definition in some folders and joins them into the resource types the server knows. Nothing else
 * is needed for a new resource type or attribute: it is stored, validated, filtered, patched and discovered.
 *
 * Each `*.json` file holds one definition, or an array of them; its content tells its kind:
 * - with `attributes` a schema (RFC 7643 §7), with `endpoint` a resource type (§6), both as `/Schemas` and
 *   `/ResourceTypes` of any
 *   server answer them; what a schema leaves out takes the defaults of §2.2;
 * - with `resourceType` and `schemaExtensions`, extensions for a resource type of another file:
 *   `{"resourceType": "User", "schemaExtensions": [{"schema": "urn:example:2.0:User", "required": false}]}`.
 * A file with a `$schema` is a JSON Schema and is passed over.
 *
 * Okta's governance reads `/Roles` and `/Entitlements`. Both come from such a folder (`LATCHKEY_SCHEMAS`), here the
 * first: ```json [{ "name": "Role", "endpoint": "/Roles", "schema": "urn:okta:scim:schemas:core:1.0:Role" },
 *  { "id": "urn:okta:scim:schemas:core:1.0:Role", "name": "Role",
 *    "attributes": [{ "name": "displayName", "required": true }, { "name": "type" }, { "name": "description" }] }]
 * ```
 * and likewise `urn:okta:scim:schemas:core:1.0:Entitlement` at `/Entitlements`.
 *
 * @param folders read in this order, files by name; resource types keep that order
 * @throws SchemaFilesError listing every fault of every file
 */
export function loadResourceTypes(folders: readonly string[]): ResourceTypes {
  const definitions = new Definitions();
  for (const folder of folders) {
    for (const path of jsonFilesOf(folder, definitions.faults)) definitions.add(new JsonFile(path));
  }
  const types = definitions.join();
  if (definitions.faults.length > 0) throw new SchemaFilesError(definitions.faults);
  return new ResourceTypes(types);
}

/** Gathers definitions and faults, and joins the former. */
class Definitions {
  readonly faults: FileFault[] = [];
  readonly #schemas: Found<WrittenSchema>[] = [];
  /** URNs of schemas that are there, but faulty: that others name them is not their fault. */
  readonly #faultySchemas = new Set<string>();
  readonly #resourceTypes: Found<WrittenResourceType>[] = [];
  readonly #extensions: Found<WrittenExtension>[] = [];
  readonly #isSchema: ValidateFunction<WrittenSchema>;
  readonly #isResourceType: ValidateFunction<WrittenResourceType>;
  readonly #isExtension: ValidateFunction<WrittenExtension>;

  constructor() {
    const ajv = new Ajv({ ...shippedSchema, allErrors: true, strict: false });
    ajv.addSchema(JSON.parse(readFileSync(packageFile('schemas/scim-definition.schema.json'), 'utf8')) as JsonObject);
    this.#isSchema = ajv.compile<WrittenSchema>({ $ref: 'scim-definition#/$defs/schema' });
    this.#isResourceType = ajv.compile<WrittenResourceType>({ $ref: 'scim-definition#/$defs/resourceType' });
    this.#isExtension = ajv.compile<WrittenExtension>({ $ref: 'scim-definition#/$defs/extension' });
  }

  /** Takes up every definition of a file. */
  add(file: JsonFile): void {
    this.faults.push(...file.faults);
    if (file.value === undefined) return;
    if (Array.isArray(file.value))
      file.value.forEach((value, index) => this.#addOne({ file, pointer: `/${index}`, value }));
    else if (!isJsonObject(file.value) || (file.value.$schema === undefined && file.value.openapi === undefined))
      this.#addOne({ file, pointer: '', value: file.value });
  }

  #addOne(found: Found<Json>): void {
    const { value } = found;
    if (isJsonObject(value) && 'attributes' in value) {
      const valid = this.#keep(found, this.#isSchema, this.#schemas);
      if (!valid && typeof value.id === 'string') this.#faultySchemas.add(value.id.toLowerCase());
    } else if (isJsonObject(value) && 'endpoint' in value) this.#keep(found, this.#isResourceType, this.#resourceTypes);
    else if (isJsonObject(value) && 'resourceType' in value) this.#keep(found, this.#isExtension, this.#extensions);
    else {
      this.#fault(
        found,
        '',
        "is not a SCIM definition: a schema has 'attributes', a resource type 'endpoint', "
          + "an addition to a resource type 'resourceType' and 'schemaExtensions'",
      );
    }
  }

  #keep<T>({ file, pointer, value }: Found<Json>, isValid: ValidateFunction<T>, kept: Found<T>[]): boolean {
    if (isValid(value)) {
      kept.push({ file, pointer, value });
      return true;
    }
    this.faults.push(...file.schemaFaults(isValid.errors, pointer));
    return false;
  }

  #fault({ file, pointer }: Found<unknown>, path: string, message: string): void {
    this.faults.push(file.fault(pointer + path, message));
  }

  /** Finds what each definition refers to. Where there are faults the answer is of no use. */
  join(): ResourceType[] {
    const schemas = this.#completeSchemas();
    const used = new Set<string>();
    const endpoints = new Map<string, Found<WrittenResourceType>>();
    const names = new Map<string, Found<WrittenResourceType>>();
    const types = this.#resourceTypes.flatMap((found) => {
      const { name, endpoint, schema: urn } = found.value;
      this.#refuseSecond(found, '/name', name, names);
      this.#refuseSecond(found, '/endpoint', endpoint, endpoints);
      if (protocolEndpoints.has(endpoint.toLowerCase()))
        this.#fault(found, '/endpoint', `is taken by the protocol itself: ${endpoint}`);
      const schema = this.#schemaNamed(found, '/schema', urn, schemas, used);
      const extensions = this.#extensionsOf(found, schemas, used);
      return schema === undefined
        ? []
        : [new ResourceType(definitionOf(found.value, schema, extensions), schema, extensions)];
    });
    for (const extension of this.#extensions) {
      if (!names.has(extension.value.resourceType.toLowerCase())) {
        this.#fault(extension, '/resourceType', `names no resource type: '${extension.value.resourceType}'`);
      }
    }
    for (const found of this.#schemas) {
      if (!used.has(found.value.id.toLowerCase())) {
        const extension = `{"resourceType": "User", "schemaExtensions": [{"schema": "${found.value.id}"}]}`;
        this.#fault(found, '/id', `is used by no resource type: add a resource type, or ${extension}`);
      }
    }
    return types;
  }

  #extensionsOf(
    found: Found<WrittenResourceType>,
    schemas: ReadonlyMap<string, Schema>,
    used: Set<string>,
  ): SchemaExtension[] {
    const own = { file: found.file, pointer: found.pointer, value: found.value.schemaExtensions ?? [] };
    const added = this.#extensions
      .filter((extension) => extension.value.resourceType.toLowerCase() === found.value.name.toLowerCase())
      .map(({ file, pointer, value }) => ({ file, pointer, value: value.schemaExtensions }));
    const seen = new Set([found.value.schema.toLowerCase()]);
    return [own, ...added].flatMap((list) =>
      list.value.flatMap(({ schema: urn, required = false }, index) => {
        const path = `/schemaExtensions/${index}/schema`;
        if (seen.has(urn.toLowerCase()))
          this.#fault(list, path, `is already a schema of '${found.value.name}': ${urn}`);
        seen.add(urn.toLowerCase());
        const schema = this.#schemaNamed(list, path, urn, schemas, used);
        return schema === undefined ? [] : [{ schema, required }];
      }),
    );
  }

  #schemaNamed(
    found: Found<unknown>,
    path: string,
    urn: string,
    schemas: ReadonlyMap<string, Schema>,
    used: Set<string>,
  ): Schema | undefined {
    const key = urn.toLowerCase();
    const schema = schemas.get(key);
    used.add(key);
    if (schema === undefined && !this.#faultySchemas.has(key))
      this.#fault(found, path, `names a schema that no file defines: ${urn}`);
    return schema;
  }

  #refuseSecond<T>(found: Found<T>, path: string, key: string, seen: Map<string, Found<T>>): void {
    const first = seen.get(key.toLowerCase());
    if (first === undefined) seen.set(key.toLowerCase(), found);
    else this.#fault(found, path, `is defined already, in ${first.file.path}: ${key}`);
  }

  #completeSchemas(): Map<string, Schema> {
    const seen = new Map<string, Found<WrittenSchema>>();
    const reserved = commonAttributes.map((attribute) => attribute.name.toLowerCase());
    return new Map(
      this.#schemas.map((found) => {
        const { id, name = id.split(':').at(-1) ?? id, description = '', attributes } = found.value;
        this.#refuseSecond(found, '/id', id, seen);
        this.#checkNames(found, '/attributes', attributes, reserved);
        return [id.toLowerCase(), { id, name, description, attributes: attributes.map(completeAttribute) }];
      }),
    );
  }

  #checkNames(
    found: Found<WrittenSchema>,
    path: string,
    attributes: readonly WrittenAttribute[],
    reserved: readonly string[],
  ): void {
    const seen = new Set<string>();
    attributes.forEach(({ name, subAttributes = [], returned, uniqueness = 'none' }, index) => {
      const place = `${path}/${index}/name`;
      // Its values are sealed where they are stored.
      if (returned === 'never' && uniqueness !== 'none')
        this.#fault(found, place, `cannot be unique, because '${name}' is never returned`);
      // Such a name would read something of JavaScript's own on resources that do not have the attribute.
      if (name in Object.prototype) this.#fault(found, place, `cannot be used as a name: '${name}'`);
      if (reserved.includes(name.toLowerCase())) {
        this.#fault(found, place, `is an attribute of every resource: leave '${name}' out (RFC 7643 §3.1)`);
      }
      if (seen.has(name.toLowerCase()))
        this.#fault(found, place, `is there twice: '${name}' (letter case does not count)`);
      seen.add(name.toLowerCase());
      this.#checkNames(found, `${path}/${index}/subAttributes`, subAttributes, []);
    });
  }
}
