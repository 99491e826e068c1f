import type { EventDraft } from '../records/origin.ts';
import { equalJson, type JsonObject } from '../../base/json.ts';
import type { Resource } from '../../scim/model/resource.ts';

/** True unless `active` says false: a user without `active` may sign in. */
export function isActive(resource: Resource): boolean {
  return resource['active'] !== false;
}

/**
 * The events that tell what became of a resource as such: created, updated with the names of the attributes that
 * changed, activated or deactivated. Values are left out, but for the name that people know it by.
 */
export function changeEvents(type: string, before: Resource | undefined, after: Resource): EventDraft[] {
  const kind = kindOf(type);
  const name = type === 'User' ? after['userName'] : after['displayName'];
  const data: JsonObject = typeof name === 'string' ? { [type === 'User' ? 'userName' : 'displayName']: name } : {};
  if (before === undefined) return [{ type: `${kind}.created`, data }];
  const events: EventDraft[] = [];
  const changed = changedAttributes(before, after);
  if (changed.length > 0) events.push({ type: `${kind}.updated`, data: { ...data, changed } });
  if (kind === 'user' && isActive(before) !== isActive(after)) {
    events.push({ type: isActive(after) ? 'user.reactivated' : 'user.deactivated', data });
  }
  return events;
}

/** The event of a removal. */
export function removalEvent(type: string, before: Resource): EventDraft {
  const name = before[type === 'User' ? 'userName' : 'displayName'];
  return {
    type: `${kindOf(type)}.deleted`,
    data: typeof name === 'string' ? { [type === 'User' ? 'userName' : 'displayName']: name } : {},
  };
}

/** Names of the top-level attributes (extensions by URN) whose values differ. */
export function changedAttributes(before: Resource, after: Resource): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => name !== 'schemas' && !equalJson(before[name], after[name])).sort();
}

function kindOf(type: string): 'user' | 'group' | 'resource' {
  if (type === 'User') return 'user';
  return type === 'Group' ? 'group' : 'resource';
}
