import { isStrict } from '../../domain/client-profile.ts';
import { equalJson, isJsonObject, type Json, type JsonObject } from '../../base/json.ts';
import { changeAttribute } from './change-attribute.ts';
import { Dialect } from '../model/dialects.ts';
import { atOnce, type Steps } from '../../base/cooperative.ts';
import { type MembersOperation, membersOperation } from './members-operation.ts';
import type { PatchOperation } from './patch-op.ts';
import { located, locatedSteps } from './located.ts';
import { NamedOnce } from './named-once.ts';
import type { PatchedResource, PatchOptions } from './patched-resource.ts';
import { containerOf, withAttribute, withSchemas } from './resource-parts.ts';
import { timezoneAfter } from './timezone-after.ts';
import { type AttributeTarget, type PatchTarget, refuseReadOnly, resolveTarget } from './patch-target.ts';
import { PatchValues } from './patch-value.ts';
import type { OperationReport } from '../model/request-notes.ts';
import type { ValidationOptions } from '../validate/validate-resource.ts';
import { RequiredCheck } from '../validate/required-check.ts';
import { refuseOversize } from '../model/resource-size.ts';
import type { ResourceType } from '../model/resource-type.ts';
import type { Resource } from '../model/resource.ts';
import type { Schema } from '../model/schema.ts';
import { InvalidPathError, InvalidValueError, MutabilityError, NoTargetError } from '../model/scim-error.ts';

/**
 * Applies all operations of a PATCH, or none (RFC 7644 §3.5.2), with the dialects that the profile may speak. The
 * resource passed in is never changed. Each operation ends applied, already true, or thrown.
 * @param resource as stored; with its `id`, if a client may be told that it sent another one
 * @throws ScimError of the operation that failed: `Operations[2]: …`
 */
export function applyPatch(
  type: ResourceType,
  resource: Resource,
  operations: readonly PatchOperation[],
  options: PatchOptions,
): PatchedResource {
  return atOnce(patchSteps(type, resource, operations, options));
}

/**
 * `applyPatch`, interruptible after each operation, and within one that names many members: a thousand of them on a
 * long list take a while.
 */
export function* patchSteps(
  type: ResourceType,
  resource: Resource,
  operations: readonly PatchOperation[],
  options: PatchOptions,
): Steps<PatchedResource> {
  const timezone = timezoneAfter(type, resource, operations) ?? options.timezone;
  const patch = new Patch(type, resource, options, timezone);
  const reports: OperationReport[] = [];
  for (const [index, operation] of operations.entries()) {
    reports.push(yield* locatedSteps(index, patch.apply(operation, index)));
    yield;
  }
  return { ...patch.finish(), operations: reports, members: patch.members };
}

/** The place of an operation while it is applied. */
interface Scope {
  readonly operation: PatchOperation;
  readonly index: number;
  readonly dialect: Dialect;
  readonly named: NamedOnce;
  readonly dropped: string[];
}

/** The resource on its way through the operations. Each step replaces it; none changes it. */
class Patch {
  readonly members: MembersOperation[] = [];
  readonly #type: ResourceType;
  readonly #options: PatchOptions;
  readonly #reading: ValidationOptions;
  readonly #before: Resource;
  readonly #required: RequiredCheck;
  #resource: Resource;

  /** @param timezone that times without an offset are local to */
  constructor(type: ResourceType, resource: Resource, options: PatchOptions, timezone: string | undefined) {
    this.#type = type;
    this.#options = options;
    this.#reading = { unknownAttributes: isStrict(options.profile) ? 'refuse' : options.unknownAttributes, timezone };
    this.#before = resource;
    this.#resource = resource;
    this.#required = new RequiredCheck(type);
  }

  *apply(operation: PatchOperation, index: number): Steps<OperationReport> {
    const before = this.#resource;
    const dialect = new Dialect(this.#options.profile);
    dialect.note(operation.rules ?? []);
    const scope: Scope = { operation, index, dialect, dropped: [], named: new NamedOnce() };
    if (operation.path !== undefined)
      yield* this.#applyAt(resolveTarget(this.#type, operation.path, dialect), operation.value, scope);
    else if (operation.op !== 'remove') yield* this.#applyValue(operation.value, scope);
    else throw new NoTargetError('"remove" needs a "path" that says what to remove.');
    this.#required.checkRemoved(index, before, this.#resource);
    return {
      op: operation.op,
      ...(operation.path === undefined ? {} : { path: operation.path }),
      outcome: equalJson(before, this.#resource) ? 'alreadyTrue' : 'applied',
      rules: dialect.rules(),
      ...(scope.dropped.length === 0 ? {} : { dropped: scope.dropped }),
    };
  }

  /** Checks what only the end result can tell. */
  finish(): { resource: Resource; changed: boolean } {
    if (equalJson(this.#before, this.#resource)) return { resource: this.#before, changed: false };
    this.#required.check(this.#before, this.#resource, located);
    refuseOversize(this.#resource);
    return { resource: withSchemas(this.#type, this.#resource), changed: true };
  }

  *#applyAt(target: PatchTarget, value: Json | undefined, scope: Scope): Steps<void> {
    if (target.kind === 'schema') yield* this.#applySchema(target.schema, target.extension, value, scope);
    else yield* this.#applyTarget(target, value, scope);
  }

  *#applyTarget(target: AttributeTarget, value: Json | undefined, scope: Scope): Steps<void> {
    const {
      operation: { op },
      index,
      dialect,
      dropped,
    } = scope;
    const { attribute, resolved } = target;
    if (attribute.name === 'schemas' && !resolved.extension) {
      if (op === 'remove' || !dialect.permits('schemasFollow'))
        throw new MutabilityError('"schemas" follows from the attributes present; it cannot be changed by itself.');
      return;
    }
    refuseReadOnly(target);
    if (op === 'remove' && attribute.mutability === 'writeOnly') {
      throw new MutabilityError(`"${attribute.name}" is writeOnly: it can be given again, not removed.`);
    }
    const change = {
      op,
      target,
      value,
      dialect,
      values: new PatchValues(this.#type, resolved, this.#reading, dialect, dropped),
    };
    if (resolved.relation !== undefined) {
      this.members.push(yield* membersOperation(this.#type, index, change));
      return;
    }
    if (value !== undefined) refuseOversize(value);
    const container = containerOf(this.#resource, resolved.schema, resolved.extension);
    const current = container[attribute.name];
    const next = changeAttribute(current, change);
    if (next === current) return;
    this.#required.touch(resolved, index);
    this.#put(resolved.schema, resolved.extension, withAttribute(container, attribute.name, next));
  }

  /** A path that is a schema's URN: its attributes are the keys of the value. */
  *#applySchema(schema: Schema, extension: boolean, value: Json | undefined, scope: Scope): Steps<void> {
    const {
      operation: { op },
    } = scope;
    if (op !== 'remove' && value !== null) {
      if (!isJsonObject(value))
        throw new InvalidValueError(`The value for "${schema.id}" must be an object with its attributes.`);
      yield* this.#applyKeys(value, schema, scope);
      return;
    }
    if (!extension)
      throw new MutabilityError(`"${schema.id}" is the core schema; its attributes cannot be removed together.`);
    for (const attribute of schema.attributes) {
      if (attribute.mutability === 'readOnly' || attribute.mutability === 'writeOnly') continue;
      if (attribute.unassign !== undefined) continue;
      const target = resolveTarget(this.#type, `${schema.id}:${attribute.name}`, scope.dialect);
      yield* this.#applyAt(target, undefined, { ...scope, operation: { op: 'remove' } });
    }
  }

  /** An operation without a path: the resource itself is the target (RFC 7644 §3.5.2.1, §3.5.2.3). */
  *#applyValue(value: Json | undefined, scope: Scope): Steps<void> {
    if (!isJsonObject(value))
      throw new InvalidValueError('Without a "path", the "value" must be an object whose keys are attributes.');
    yield* this.#applyKeys(value, undefined, scope);
  }

  /** @param schema whose attributes the keys are; undefined at the top, where dotted and URN keys may be too */
  *#applyKeys(value: JsonObject, schema: Schema | undefined, scope: Scope): Steps<void> {
    for (const [key, one] of Object.entries(value)) {
      yield;
      if (this.#isSettled(key, one, schema, scope)) continue;
      const nested = schema === undefined ? this.#type.schemaOf(key) : undefined;
      if (nested !== undefined) yield* this.#applySchema(nested, nested !== this.#type.schema, one, scope);
      else yield* this.#applyKey(key, schema === undefined ? key : `${schema.id}:${key}`, one, scope);
    }
  }

  *#applyKey(key: string, path: string, value: Json, scope: Scope): Steps<void> {
    const { dialect } = scope;
    const target = this.#targetOfKey(path, dialect);
    const name = key.slice(0, 200);
    if (target === undefined) {
      if (this.#options.unknownAttributes === 'refuse' || !dialect.permits('unknownInValue')) {
        throw new InvalidPathError(`"${name}" is not an attribute of ${this.#type.name}.`);
      }
      scope.dropped.push(name);
      return;
    }
    const isQualified = /^urn:/i.test(key);
    const isDotted = /[.[]/.test(isQualified ? key.slice(key.lastIndexOf(':')) : key);
    if ((isQualified && !dialect.permits('urnKey')) || (isDotted && !dialect.permits('dottedKey'))) {
      throw new InvalidPathError(`"${name}" is a path, and in a value without a path the keys are plain names.`);
    }
    if (target.kind === 'attribute') scope.named.note(target, key, value);
    yield* this.#applyAt(target, value, scope);
  }

  #targetOfKey(path: string, dialect: Dialect): PatchTarget | undefined {
    try {
      return resolveTarget(this.#type, path, dialect);
    } catch (error) {
      if (error instanceof InvalidPathError) return undefined;
      throw error;
    }
  }

  /** What clients send back because they read it, and mean no change by. */
  #isSettled(key: string, value: Json, schema: Schema | undefined, { dialect }: Scope): boolean {
    const resolved = this.#type.resolve({ ...(schema === undefined ? {} : { schema: schema.id }), attribute: key });
    if (resolved === undefined) return false;
    const { attribute, extension } = resolved;
    if ((!extension && ['schemas', 'meta'].includes(attribute.name)) || resolved.relation === 'groups')
      return dialect.permits('readOnlyInValue');
    if (attribute.mutability !== 'readOnly') return false;
    const held = containerOf(this.#resource, resolved.schema, extension)[attribute.name];
    if (attribute.name === 'id' && !extension)
      return (held === undefined || held === value) && dialect.permits('idInValue');
    return equalJson(held, value) && dialect.permits('readOnlyInValue');
  }

  #put(schema: Schema, extension: boolean, container: Resource): void {
    if (!extension) this.#resource = container;
    else
      this.#resource = withAttribute(
        this.#resource,
        schema.id,
        Object.keys(container).length === 0 ? undefined : container,
      );
  }
}
