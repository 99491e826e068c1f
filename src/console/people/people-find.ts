import { html, type Html } from '../../page-kit/html.ts';
import { icon } from '../visit/icons.ts';
import type { Visit } from '../visit/visit.ts';
import type { Filters } from './people-filters.ts';

/** A group as a list has it. */
interface GroupChoice {
  readonly id: string;
  readonly displayName: string;
}

type Groups = { readonly groups: readonly GroupChoice[]; readonly totalResults: number };

/** So many groups are offered; of more a name is typed. */
const offered = 100;

/** The groups to choose from, and the name of the one that is chosen. */
export async function groupChoices(
  visit: Visit,
  filters: Filters,
): Promise<Groups & { readonly chosen?: GroupChoice }> {
  const list = await visit.call<Groups>('listGroups', { query: { count: offered } });
  const id = filters['group'];
  if (id === undefined) return list;
  const known = list.groups.find((one) => one.id === id);
  if (known !== undefined) return { ...list, chosen: known };
  const found = await visit.attempt<GroupChoice>('getGroup', { params: { id } });
  return { ...list, chosen: 'refused' in found ? { id, displayName: id } : found.view };
}

/** The id of the group that a typed name means; undefined where no group, or more than one, is called so. */
export async function groupNamed(visit: Visit, name: string): Promise<string | undefined> {
  const { groups } = await visit.call<Groups>('listGroups', { query: { q: name, count: offered } });
  const alike = groups.filter(({ displayName }) => displayName.toLowerCase() === name.toLowerCase());
  const meant = alike.length > 0 ? alike : groups;
  return meant.length === 1 ? meant[0]?.id : undefined;
}

/** The form above the list: what is looked for, from which source, in which group, with which first day. */
export function findForm(
  visit: Visit,
  filters: Filters,
  sources: readonly string[],
  groups: Awaited<ReturnType<typeof groupChoices>>,
  columns: string | undefined,
): Html {
  const value = (name: string): string => filters[name] ?? '';
  const field = (name: string, type: string, grow = false): Html => html`<div class="field${grow && ' grow'}">
    <label for="${name}">${visit.t(`people.fields.${name}`)}</label>
    <input id="${name}" name="${name}" type="${type}" value="${value(name)}" autocomplete="off"
      dir="auto"${name === 'q' && html` aria-describedby="q-hint"`} />
  </div>`;
  const select = (name: string, options: readonly { readonly value: string; readonly text: string }[]): Html =>
    html`<div class="field">
      <label for="${name}">${visit.t(`people.fields.${name}`)}</label>
      <select id="${name}" name="${name}">
        <option value="">${visit.t('people.any')}</option>
        ${options.map(
          (one) =>
            html`<option value="${one.value}"${one.value === value(name) && html` selected`}>${one.text}</option>`,
        )}
      </select>
    </div>`;
  const source = value('source');
  const names = source === '' || sources.includes(source) ? sources : [...sources, source];
  return html`<form action="${visit.href('/people')}" role="search" class="filters">
    ${field('q', 'search', true)}
    ${select(
      'source',
      names.map((name) => ({ value: name, text: name })),
    )}
    ${groups.totalResults > offered ? typedGroup(visit, groups) : select('group', groupOptions(groups))}
    ${field('startFrom', 'date')} ${field('startUntil', 'date')}
    ${value('state') !== '' && html`<input type="hidden" name="state" value="${value('state')}">`}
    ${columns !== undefined && html`<input type="hidden" name="cols" value="${columns}">`}
    <button class="quiet">${icon('search')}${visit.t('people.find')}</button>
    <p class="hint" id="q-hint">${visit.t('people.findHint')}</p>
  </form>`;
}

function groupOptions({ groups, chosen }: Groups & { readonly chosen?: GroupChoice }) {
  const all = chosen === undefined || groups.some(({ id }) => id === chosen.id) ? groups : [chosen, ...groups];
  return [...all]
    .sort((one, other) => one.displayName.localeCompare(other.displayName))
    .map(({ id, displayName }) => ({ value: id, text: displayName }));
}

function typedGroup(visit: Visit, { groups, chosen }: Groups & { readonly chosen?: GroupChoice }): Html {
  return html`<div class="field">
    <label for="groupName">${visit.t('people.fields.group')}</label>
    <input id="groupName" name="groupName" type="search" value="${chosen?.displayName ?? ''}" autocomplete="off"
      dir="auto" list="groups" />
    <datalist id="groups">${groups.map(({ displayName }) => html`<option value="${displayName}"></option>`)}</datalist>
  </div>`;
}
