import type { Json } from '../../base/json.ts';
import type { ImportView } from '../../imports/batch/import-view.ts';
import { tableOf } from '../output.ts';

const shownChanges = 10;
const shownErrors = 10;
const shownMissing = 20;

/** What a plan says, for people at a terminal. */
export function showPlan(view: ImportView): string {
  const { plan, people, missing, notes } = view;
  const mails = plan?.mails;
  return [
    `Plan of ${view.name} (import ${view.id})`,
    ...countLines(view),
    ...(mails === undefined || mails.count === 0
      ? []
      : [`  messages     ${mails.count}, the first ${moment(mails.first)}, the last ${moment(mails.last)}`]),
    ...(plan === undefined || plan.newGroups.length === 0 ? [] : [`  new groups   ${plan.newGroups.join(', ')}`]),
    ...(plan === undefined || plan.others === 0
      ? []
      : [`  others       ${plan.others} people whom no import manages are not in the file and stay as they are`]),
    ...people
      .slice(0, shownChanges)
      .map(({ kind, userName, line, changes }) => `  ${kind}: ${userName} (line ${line})${shownOf(kind, changes)}`),
    ...more(Math.max(people.length, view.counts.created + view.counts.changed), shownChanges),
    ...missing.slice(0, shownMissing).map(({ userName }) => `  not in the file: ${userName}`),
    ...more(missing.length, shownMissing),
    ...errorLines(view),
    ...notes.map((note) => `  note: ${note}`),
  ].join('\n');
}

/** What came of an import. */
export function showResult(view: ImportView): string {
  const { undone } = view;
  return [
    `Import ${view.id} is ${view.state}${view.reason === undefined ? '' : `: ${view.reason}`}`,
    ...(undone === undefined
      ? countLines(view)
      : [
          `  removed      ${undone.removed}`,
          `  deactivated  ${undone.deactivated}`,
          `  put back     ${undone.restored}`,
          `  left         ${undone.left}`,
          ...undone.leftPeople.slice(0, shownErrors).map(({ userName, reason }) => `  left: ${userName}: ${reason}`),
        ]),
    ...(undone === undefined ? errorLines(view) : []),
  ].join('\n');
}

/** Imports as a table. @param rows as the admin API lists them */
export function showImports(rows: readonly Json[]): string {
  return tableOf(
    [
      ['ID', 'id'],
      ['NAME', 'name'],
      ['STATE', 'state'],
      ['MADE', 'createdAt'],
      ['BY', 'createdBy'],
      ['CREATED', 'counts.created'],
      ['CHANGED', 'counts.changed'],
      ['REFUSED', 'counts.refused'],
      ['DEACTIVATED', 'counts.deactivated'],
    ],
    rows,
  );
}

/** To the minute, as people read it. */
function moment(at = ''): string {
  return `${at.slice(0, 16).replace('T', ' ')} UTC`;
}

function countLines({ counts }: ImportView): readonly string[] {
  return Object.entries(counts).map(([name, count]) => `  ${name.padEnd(12)} ${count}`);
}

function errorLines({ refusals, counts }: ImportView): readonly string[] {
  return [
    ...refusals.slice(0, shownErrors).map(({ line, reason }) => `  line ${line}: ${reason}`),
    ...more(Math.max(refusals.length, counts.refused), shownErrors),
  ];
}

function more(count: number, shown: number): readonly string[] {
  return count > shown ? [`  … and ${count - shown} more`] : [];
}

function shownOf(kind: string, changes: ImportView['people'][number]['changes']): string {
  if (kind === 'created') return '';
  return changes
    .map(({ path, before, after }) => ` ${path.replace(/^urn:.*:/, '')}: ${told(before)} -> ${told(after)}`)
    .join(',');
}

function told(value: unknown): string {
  return value === undefined ? 'nothing' : typeof value === 'string' ? value : JSON.stringify(value);
}
