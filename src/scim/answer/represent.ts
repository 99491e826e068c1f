import { isJsonObject } from '../../base/json.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import { formatEtag } from './etag.ts';
import { turnTaking } from '../../base/cooperative.ts';
import { projectAttributes, projectElement } from './project-attributes.ts';
import { onlySent } from './only-sent.ts';
import type { Projection } from './projection.ts';
import type { Representation } from '../port/resource-handler.ts';
import type { ResourceType, ResourceTypes } from '../model/resource-type.ts';
import type { Resource } from '../model/resource.ts';

/** How many members an answer holds in memory; an answer with more of them is streamed. */
const maxHeldMembers = 1000;

/** A body that is held, or JSON text in pieces. */
export type Body = Json | AsyncIterable<string>;

/** A representation with the type and the projection it is shown by. */
export interface Shown {
  readonly type: ResourceType;
  readonly projection: Projection;
  readonly representation: Representation;
  /** Present for a client that may not read: what it sent, and so may be shown. */
  readonly sent?: JsonObject;
}

/**
 * Turns what the handler answers into what the caller reads: `meta`, `$ref`, projection, and members as a stream
 * where there are many.
 */
export class Representer {
  readonly #types: ResourceTypes;
  readonly #baseUrl: string;

  /** @param baseUrl without a slash at the end */
  constructor(types: ResourceTypes, baseUrl: string) {
    this.#types = types;
    this.#baseUrl = baseUrl;
  }

  /** The URI of a resource. */
  location(type: ResourceType, id: string): string {
    return `${this.#baseUrl}${type.endpoint}/${encodeURIComponent(id)}`;
  }

  /** One resource as a body. */
  async body(shown: Shown): Promise<Body> {
    const members = await this.#holdMembers(shown, maxHeldMembers);
    const resource = this.#withoutMembers(shown);
    if (members.rest === undefined) return withMembers(resource, members.held);
    return closing(resourceText(resource, members.held, members.rest), members.rest);
  }

  /** One resource as a body, unless it is so large that it would have to be streamed. */
  async heldBody(shown: Shown): Promise<Json | undefined> {
    const members = await this.#holdMembers(shown, maxHeldMembers);
    if (members.rest === undefined) return withMembers(this.#withoutMembers(shown), members.held);
    await members.rest.return(undefined);
    return undefined;
  }

  /**
   * A list as a body (RFC 7644 §3.4.2).
   * @param envelope all but `Resources`
   */
  async listBody(envelope: JsonObject, resources: readonly Shown[]): Promise<Body> {
    const held: Json[] = [];
    let room = maxHeldMembers;
    const takeTurns = turnTaking();
    for (const [index, shown] of resources.entries()) {
      await takeTurns();
      const members = await this.#holdMembers(shown, room);
      const resource = this.#withoutMembers(shown);
      if (members.rest !== undefined) {
        const current = resourceText(resource, members.held, members.rest);
        return closing(this.#listText(envelope, held, current, resources.slice(index + 1)), members.rest);
      }
      room -= members.held.length;
      held.push(withMembers(resource, members.held));
    }
    return { ...envelope, Resources: held };
  }

  async *#listText(
    envelope: JsonObject,
    held: readonly Json[],
    current: AsyncIterable<string>,
    later: readonly Shown[],
  ): AsyncGenerator<string> {
    yield `${JSON.stringify(envelope).slice(0, -1)},"Resources":[${held.map((one) => `${JSON.stringify(one)},`).join('')}`;
    yield* current;
    for (const shown of later) {
      yield ',';
      yield* resourceText(this.#withoutMembers(shown), [], this.#projected(shown));
    }
    yield ']}';
  }

  #withoutMembers({ type, projection, representation, sent }: Shown): Resource {
    const { resource, resourceType, created, lastModified, version } = representation;
    const id = idOf(representation);
    const { groups } = resource;
    const whole: Resource = {
      ...resource,
      ...(Array.isArray(groups) && type.resolve({ attribute: 'groups' })?.relation === 'groups'
        ? { groups: groups.map((one) => (isJsonObject(one) ? this.#referring(one, 'Group') : one)) }
        : {}),
      meta: { resourceType, created, lastModified, location: this.location(type, id), version: formatEtag(version) },
    };
    const shown = projectAttributes(type, whole, projection);
    return sent === undefined ? shown : onlySent(type, shown, sent);
  }

  /** Reads members until there are more than fit. */
  async #holdMembers(
    shown: Shown,
    room: number,
  ): Promise<{ held: Json[]; rest: AsyncGenerator<readonly Json[]> | undefined }> {
    if (shown.representation.members === undefined) return { held: [], rest: undefined };
    const rest = this.#projected(shown);
    let held: Json[] = [];
    for (;;) {
      const next = await rest.next();
      if (next.done === true) return { held, rest: undefined };
      held = held.concat(next.value);
      if (held.length > room) return { held, rest };
    }
  }

  async *#projected({ type, projection, representation }: Shown): AsyncGenerator<readonly Json[]> {
    const attribute = type.resolve({ attribute: 'members' })?.attribute;
    if (attribute === undefined || representation.members === undefined) return;
    for await (const chunk of representation.members) {
      yield chunk.flatMap(
        (member) => projectElement(attribute, this.#referring(member, member['type']), projection) ?? [],
      );
    }
  }

  /** A member or group with the `$ref` that only this side of the base URL knows (RFC 7643 §2.4). */
  #referring(element: Resource, typeName: Json | undefined): Resource {
    const type = typeof typeName === 'string' ? this.#types.byName(typeName) : undefined;
    if (type === undefined || typeof element['value'] !== 'string') return element;
    return { ...element, $ref: this.location(type, element['value']) };
  }
}

function withMembers(resource: Resource, members: Json[]): Resource {
  return members.length === 0 ? resource : { ...resource, members };
}

/** A resource as JSON text, its members as they come. */
async function* resourceText(
  resource: Resource,
  held: readonly Json[],
  rest: AsyncIterable<readonly Json[]>,
): AsyncGenerator<string> {
  const text = JSON.stringify(resource).slice(0, -1);
  let opening = `${text}${text === '{' ? '' : ','}"members":[`;
  let isOpen = false;
  for await (const chunk of inOrder(held, rest)) {
    if (chunk.length === 0) continue;
    yield `${isOpen ? ',' : opening}${chunk.map((one) => JSON.stringify(one)).join()}`;
    isOpen = true;
    opening = '';
  }
  yield isOpen ? ']}' : `${text}}`;
}

/**
 * A text that, given up before its first piece was read, still closes what it reads from: that may hold a database
 * cursor.
 */
function closing(text: AsyncGenerator<string>, source: AsyncGenerator<unknown>): AsyncIterableIterator<string> {
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => text.next(),
    async return() {
      await text.return(undefined);
      await source.return(undefined);
      return { done: true, value: undefined };
    },
  };
}

async function* inOrder(held: readonly Json[], rest: AsyncIterable<readonly Json[]>): AsyncGenerator<readonly Json[]> {
  yield held;
  yield* rest;
}

/** The id of what the handler answered. */
export function idOf({ resource: { id } }: Representation): string {
  if (typeof id !== 'string') throw new Error('a representation has no id');
  return id;
}
