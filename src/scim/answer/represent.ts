import { isJsonObject } from '../../base/json.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import { JsonText, JsonTextWriter } from '../../base/json-text.ts';
import { isPublic } from '../model/public-part.ts';
import { formatEtag } from './etag.ts';
import type { Soon } from '../../base/soon.ts';
import { turnTaking } from '../../base/cooperative.ts';
import { projectAttributes, projectElement } from './project-attributes.ts';
import { onlySent } from './only-sent.ts';
import type { Representation } from '../port/resource-handler.ts';
import { groupsPlace, type MemberTexts, type PageText, type TextFrame } from '../port/text-frame.ts';
import { textFrameOf } from './text-frame-of.ts';
import { withGroups } from './with-groups.ts';
import type { ResourceType, ResourceTypes } from '../model/resource-type.ts';
import type { Resource } from '../model/resource.ts';
import { joined, closed, streamed, closing, inOrder } from './member-texts.ts';
import type { Shown } from './shown.ts';

/** How many members an answer holds in memory; an answer with more of them is streamed. */
const maxHeldMembers = 1000;

/** After how many resources of a list the time is looked at. */
const lookEach = 8;

/** A body that is held, or JSON text in pieces to come. */
export type Body = JsonText | AsyncIterable<string>;

/**
 * Turns what the handler answers into what the caller reads: `meta`, `$ref`, projection, and members as a stream
 * where there are many.
 */
export class Representer {
  readonly #types: ResourceTypes;
  readonly #baseUrl: string;
  /** As it is within a JSON text. */
  readonly #baseText: string;
  readonly #groupTexts = new Map<Resource, string>();

  /** @param baseUrl without a slash at the end */
  constructor(types: ResourceTypes, baseUrl: string) {
    this.#types = types;
    this.#baseUrl = baseUrl;
    this.#baseText = JSON.stringify(baseUrl).slice(1, -1);
  }

  /** The URI of a resource. */
  location(type: ResourceType, id: string): string {
    return `${this.#baseUrl}${type.endpoint}/${encodeURIComponent(id)}`;
  }

  /** One resource as a body. */
  body(shown: Shown): Soon<Body> {
    const opening = this.#opening(shown);
    if (shown.representation.members === undefined) return new JsonText([closed(opening, undefined)]);
    return this.#holdMembers(shown, maxHeldMembers).then(({ held, rest }) =>
      rest === undefined
        ? new JsonText([closed(opening, held)])
        : closing(streamed(opening, inOrder(held, rest)), rest),
    );
  }

  /** One resource as a body, unless it is so large that it would have to be streamed. */
  async heldBody(shown: Shown): Promise<JsonText | undefined> {
    const { held, rest } = await this.#holdMembers(shown, maxHeldMembers);
    if (rest === undefined) return new JsonText([closed(this.#opening(shown), held)]);
    await rest.return(undefined);
    return undefined;
  }

  /**
   * A list as a body (RFC 7644 §3.4.2).
   * @param envelope all but `Resources`
   */
  async listBody(envelope: JsonObject, resources: readonly Shown[]): Promise<Body> {
    const text = new JsonTextWriter();
    text.write(`${JSON.stringify(envelope).slice(0, -1)},"Resources":[`);
    let room = maxHeldMembers;
    const takeTurns = turnTaking();
    for (const [index, shown] of resources.entries()) {
      if (index % lookEach === 0) await takeTurns();
      if (index > 0) text.write(',');
      const opening = this.#opening(shown);
      if (shown.representation.members === undefined) {
        text.write(`${opening}}`);
        continue;
      }
      const { held, rest } = await this.#holdMembers(shown, room);
      if (rest !== undefined) {
        const current = streamed(opening, inOrder(held, rest));
        return closing(this.#listText(text.finish(), current, resources.slice(index + 1)), rest);
      }
      room -= held?.count ?? 0;
      text.write(closed(opening, held));
    }
    text.write(']}');
    return text.finish();
  }

  /** The same where the resources are text already. */
  pageBody(envelope: JsonObject, type: ResourceType, { text, groups }: PageText): JsonText {
    const opening = Buffer.from(`${JSON.stringify(envelope).slice(0, -1)},"Resources":[`);
    const groupsAt = (place: number): string => {
      const those = groups.get(place) ?? [];
      return those.length === 0 ? '' : this.#groupsText(type, those);
    };
    const parts = groups.size === 0 ? [text] : withGroups(text, groupsAt);
    return new JsonText([Buffer.concat([opening, ...parts, closingOfList])]);
  }

  /** How resources of a type begin: see `TextFrame`. */
  frameOf(type: ResourceType): TextFrame {
    return textFrameOf(type, this.#baseUrl);
  }

  async *#listText(begun: JsonText, current: AsyncIterable<string>, later: readonly Shown[]): AsyncGenerator<string> {
    for (const piece of begun.pieces) yield String(piece);
    yield* current;
    for (const shown of later) {
      yield ',';
      yield* streamed(this.#opening(shown), this.#memberTexts(shown));
    }
    yield ']}';
  }

  /** The text of a resource without members and without its last brace. */
  #opening(shown: Shown): string {
    const { type, projection, representation, sent } = shown;
    const { publicText } = representation;
    if (
      publicText === undefined
      || projection.kind !== 'default'
      || sent !== undefined
      || publicText.text === '{}'
      || !plainId.test(publicText.id)
    )
      return JSON.stringify(this.#withoutMembers(shown)).slice(0, -1);
    const { text, id, groups } = publicText;
    const values = { ...representation, id };
    const beginning = this.frameOf(type)
      .map((part) => (typeof part === 'string' ? part : values[part.of]))
      .join('');
    const inGroups = groups.length === 0 ? '' : this.#groupsText(type, groups);
    return beginning.replace(groupsPlace, () => inGroups) + text.slice(1, -1);
  }

  #groupsText(type: ResourceType, groups: readonly Resource[]): string {
    return `,"groups":[${groups.map((group) => this.#groupText(type, group)).join()}]`;
  }

  /** On a page the same groups come again and again. */
  #groupText(type: ResourceType, group: Resource): string {
    const known = this.#groupTexts.get(group);
    if (known !== undefined) return known;
    const attribute = type.resolve({ attribute: 'groups' })?.attribute;
    const shown = attribute && projectElement(attribute, this.#referring(group, 'Group'), { kind: 'default' });
    const text = JSON.stringify(shown ?? {});
    this.#groupTexts.set(group, text);
    return text;
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
  async #holdMembers(shown: Shown, room: number): Promise<{ held?: MemberTexts; rest?: AsyncGenerator<MemberTexts> }> {
    if (shown.representation.members === undefined) return {};
    const rest = this.#memberTexts(shown);
    let held: MemberTexts = { count: 0, text: '' };
    for (;;) {
      const next = await rest.next();
      if (next.done === true) return { held };
      held = joined(held, next.value);
      if (held.count > room) return { held, rest };
    }
  }

  async *#memberTexts({ type, projection, representation }: Shown): AsyncGenerator<MemberTexts> {
    const attribute = type.resolve({ attribute: 'members' })?.attribute;
    if (attribute === undefined || representation.members === undefined) return;
    const isWhole = projection.kind === 'default' && isPublic(type, { members: [wholeMember] });
    const [users, groups] = [this.#types.byName('User'), this.#types.byName('Group')];
    const framed =
      isWhole && users !== undefined && groups !== undefined
        ? representation.memberTexts?.({ User: this.#before(users), Group: this.#before(groups) })
        : undefined;
    for await (const chunk of framed ?? representation.members) {
      if ('text' in chunk) {
        yield chunk;
        continue;
      }
      const texts = isWhole
        ? chunk.map((member) => this.#memberText(member))
        : chunk.flatMap((member) => {
            const part = projectElement(attribute, this.#referring(member, member['type']), projection);
            return part === undefined ? [] : JSON.stringify(part);
          });
      yield { count: texts.length, text: texts.join() };
    }
  }

  /** A group may have hundreds of thousands: no object is made for one whose id needs no escapes. */
  #memberText(member: Resource): string {
    const { value, type: typeName, display } = member;
    if (typeof value !== 'string' || typeof typeName !== 'string' || !plainId.test(value))
      return JSON.stringify(this.#referring(member, typeName));
    const type = this.#types.byName(typeName);
    const shown = display === undefined ? '' : `,"display":${JSON.stringify(display)}`;
    const place = type === undefined ? '' : `,"$ref":"${this.#before(type)}${value}"`;
    return `{"value":"${value}","type":"${typeName}"${shown}${place}}`;
  }

  /** What stands before an id in the URI of a resource, as JSON text. */
  #before({ endpoint }: ResourceType): string {
    return `${this.#baseText}${endpoint}/`;
  }

  /** A member or group with the `$ref` that only this side of the base URL knows (RFC 7643 §2.4). */
  #referring(element: Resource, typeName: Json | undefined): Resource {
    const type = typeof typeName === 'string' ? this.#types.byName(typeName) : undefined;
    if (type === undefined || typeof element['value'] !== 'string') return element;
    return { ...element, $ref: this.location(type, element['value']) };
  }
}

const closingOfList = Buffer.from(']}');

/** A member with all that one can have. */
const wholeMember = { value: '', type: '', display: '', $ref: '' };

/** An id that is its own JSON text and its own part of a URI. */
const plainId = /^[\w.-]+$/;

/** The id of what the handler answered. */
export function idOf({ resource: { id } }: Representation): string {
  if (typeof id !== 'string') throw new Error('a representation has no id');
  return id;
}
