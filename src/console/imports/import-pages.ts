import { html, type Html } from '../../page-kit/html.ts';
import { HeadingsError } from '../../imports/file/import-file-error.ts';
import type { ImportRow, ImportView } from '../../imports/batch/import-view.ts';
import type { OperationInput } from '../visit/call-operation.ts';
import { cardTable } from '../card-table.ts';
import type { ConsoleAnswer } from '../visit/console-answer.ts';
import type { ConsoleSite } from '../console-site.ts';
import { icon } from '../visit/icons.ts';
import { faultBox, noticeBox, pager, stateChip } from '../parts.ts';
import type { Visit } from '../visit/visit.ts';
import { planOf, resultOf, tones } from './import-parts.ts';
import { uploadForm } from './upload-form.ts';

/** Columns that a form asks about at most. */
const mostColumns = 60;

const wishes = { pause: 'pauseImport', resume: 'resumeImport', cancel: 'cancelImport', undo: 'undoImport' } as const;

/** `/console/imports`: a file of people, its plan, its run, and its undo. */
export function importPages(site: ConsoleSite): void {
  site.page('/imports', { section: 'imports', operations: ['listImports', 'createImport'] }, (visit) => list(visit));
  const uploads = { section: 'imports', operations: ['createImport'], upload: true, once: true } as const;
  site.act('/imports', uploads, async (visit) => {
    const upload = await visit.takeUpload();
    const { name, path, fields } = upload;
    const { dates, createGroups, full, invite, ...others } = fields;
    const mapping = mappingIn(others);
    const made = await begun(visit, {
      file: { name, path },
      query: {
        dates,
        createGroups: createGroups === 'on' ? true : undefined,
        full: full === 'on' ? true : undefined,
        invite: invite === 'on' ? true : undefined,
        mapping,
      },
    }).finally(() => upload.done());
    if ('refused' in made) return list(visit, made.refused);
    return visit.goOn(`/imports/${made.view.id}`);
  });
  site.page('/imports/template.csv', { section: 'imports', operations: ['getImportTemplate'] }, (visit) =>
    visit.file('getImportTemplate'),
  );
  site.page('/imports/:id', { section: 'imports', operations: ['getImport'] }, (visit) => one(visit));
  site.page('/imports/:id/errors.csv', { section: 'imports', operations: ['getImportErrors'] }, (visit) =>
    visit.file('getImportErrors', { params: { id: visit.param('id') } }),
  );
  site.act('/imports/:id/run', { section: 'imports', operations: ['runImport'] }, run);
  for (const [wish, operation] of Object.entries(wishes)) {
    site.act(`/imports/:id/${wish}`, { section: 'imports', operations: [operation] }, async (visit) => {
      const id = visit.param('id');
      const asked = await visit.attempt<ImportView>(operation, { params: { id } });
      return 'refused' in asked ? one(visit, asked.refused) : visit.goOn(`/imports/${id}`);
    });
  }
}

/** Begins an import. One whose headings are not known is there all the same: its page asks what they mean. */
async function begun(
  visit: Visit,
  input: OperationInput,
): Promise<{ readonly view: Pick<ImportView, 'id'> } | { readonly refused: string }> {
  const answer = await visit.attempt<ImportView>('createImport', input);
  const id = 'refused' in answer && answer.error instanceof HeadingsError ? answer.error.importId : undefined;
  return id === undefined ? answer : { view: { id } };
}

/** The choices of columns, as the operation takes them; undefined where there are none. */
function mappingIn(fields: Readonly<Record<string, string>>): string | undefined {
  const chosen = Object.entries(fields).flatMap(([name, value]): [string, string | null][] =>
    name.startsWith('column:') && value !== '' ? [[name.slice('column:'.length), value === '-' ? null : value]] : [],
  );
  return chosen.length === 0 ? undefined : JSON.stringify(Object.fromEntries(chosen));
}

async function run(visit: Visit): Promise<ConsoleAnswer> {
  const id = visit.param('id');
  const deactivate = Number(visit.field('deactivate'));
  const started = await visit.attempt<ImportView>('runImport', {
    params: { id },
    body: {
      plan: visit.field('plan'),
      invite: visit.field('invite') === 'on',
      webhooks: visit.field('webhooks') === 'on',
      ...(visit.field('canary') === 'on' ? { canary: 20 } : {}),
      ...(Number.isInteger(deactivate) && deactivate > 0 ? { deactivate } : {}),
    },
  });
  return 'refused' in started ? one(visit, started.refused) : visit.goOn(`/imports/${id}`);
}

async function list(visit: Visit, refused?: string): Promise<ConsoleAnswer> {
  const { imports, next } = await visit.call<{ readonly imports: readonly ImportRow[]; readonly next?: string }>(
    'listImports',
    { query: { count: 25, after: visit.query('after') } },
  );
  return {
    title: visit.t('imports.title'),
    lead: visit.say('imports.lead'),
    status: refused === undefined ? 200 : 422,
    deed: html`<a class="button quiet"
      href="${visit.href('/imports/template.csv')}">${icon('imports')}${visit.t('imports.template')}</a>`,
    body: html`${refused !== undefined && faultBox(refused)} ${visit.may('createImport') && uploadForm(visit)}
      <section aria-labelledby="earlier">
        <h2 id="earlier">${visit.t('imports.earlier')}</h2>
        ${
          imports.length === 0
            ? html`<p class="soft">${visit.t('imports.none')}</p>`
            : cardTable({
                caption: visit.t('imports.earlier'),
                columns: ['file', 'state', 'created', 'changed', 'refused', 'by'].map((name) => ({
                  head: visit.t(`imports.heads.${name}`),
                })),
                rows: imports.map(({ id, name, state, counts, createdAt, createdBy }) => [
                  html`<a href="${visit.href(`/imports/${id}`)}"><bdi>${name}</bdi></a><span
                    class="soft">${visit.date(createdAt)}</span>`,
                  stateChip(...(tones[state] ?? tones['planned']!), visit.t(`imports.states.${state}`)),
                  visit.number(counts.created),
                  visit.number(counts.changed),
                  visit.number(counts.refused),
                  html`<bdi>${createdBy}</bdi>`,
                ]),
              })
        }
        ${pager(visit, '/imports', {}, next)}
      </section>`,
  };
}

async function one(visit: Visit, refused?: string): Promise<ConsoleAnswer> {
  const view = await visit.call<ImportView>('getImport', { params: { id: visit.param('id') } });
  const { id, name, state, reason, file, notes, progress, actions } = view;
  const isBusy = ['reading', 'planning', 'running', 'undoing'].includes(state);
  const fact = (key: string, value: string | undefined): Html | false =>
    value !== undefined && html`<dt>${visit.t(`imports.facts.${key}`)}</dt><dd><bdi>${value}</bdi></dd>`;
  return {
    title: name,
    lead: html`${stateChip(...(tones[state] ?? tones['planned']!), visit.t(`imports.states.${state}`))}
      ${visit.t(`imports.about.${state}`)}`,
    crumbs: [{ href: visit.href('/imports'), text: visit.t('imports.title') }],
    status: refused === undefined ? 200 : 422,
    body: html`${refused !== undefined && faultBox(refused)}
      ${reason !== undefined && noticeBox(state === 'failed' ? 'stop' : 'late', html`<p>${reason}</p>`)}
      ${notes.length > 0 && noticeBox('late', html`${notes.map((note) => html`<p>${note}</p>`)}`)}
      <div id="progress" class="spaced"${isBusy && html` data-live="2"`}>
        ${
          progress !== undefined
          && html`<p><progress value="${progress.done}" max="${Math.max(1, progress.total)}"
            aria-label="${visit.t('imports.progress')}"></progress>
            <span class="small soft">${
              visit.knows(`imports.phases.${progress.phase}`) && visit.t(`imports.phases.${progress.phase}`)
            } ${visit.say('imports.of', { done: progress.done, total: progress.total })}
              ${isBusy && html`<a href="${visit.href(`/imports/${id}`)}">${visit.t('imports.refresh')}</a>`}</span></p>`
        }
        ${
          isBusy
          && progress === undefined
          && html`<p><a
          href="${visit.href(`/imports/${id}`)}">${visit.t('imports.refresh')}</a></p>`
        }
      </div>
      <div class="row apart">
        ${(Object.keys(wishes) as (keyof typeof wishes)[]).map(
          (wish) =>
            actions.includes(wish)
            && visit.may(wishes[wish])
            && visit.form(
              `/imports/${id}/${wish}`,
              html`<button class="${
                wish === 'undo' || wish === 'cancel' ? 'danger' : 'quiet'
              }">${visit.t(`imports.actions.${wish}`)}</button>`,
            ),
        )}
      </div>
      ${planOf(visit, view)} ${resultOf(visit, view)}
      ${
        state === 'failed'
        && file !== undefined
        && file.headings.length > 0
        && visit.may('createImport')
        && html`<section aria-labelledby="columns">
        <h2 id="columns">${visit.t('imports.columns')}</h2>
        <p>${visit.t('imports.columnsLead')}</p>
        ${uploadForm(visit, file.headings.slice(0, mostColumns))}
      </section>`
      }
      <section aria-labelledby="file-facts">
        <h2 id="file-facts">${visit.t('imports.facts.title')}</h2>
        <dl class="pairs">
          ${fact('format', file?.format)} ${fact('encoding', file?.encoding)}
          ${fact('delimiter', file?.delimiter === '\t' ? 'Tab' : file?.delimiter)}
            ${fact('headings', file?.headings.join(', '))}
          ${fact('rows', visit.number(view.rows))} ${fact('by', view.createdBy)}
          ${
            Object.keys(view.options.mapping).length > 0
            && fact(
              'mapping',
              Object.entries(view.options.mapping)
                .map(([from, to]) => `${from} → ${to ?? '–'}`)
                .join(', '),
            )
          }
        </dl>
        ${
          state === 'planned'
          && file !== undefined
          && visit.may('createImport')
          && html`<details class="spaced">
          <summary>${visit.t('imports.remap')}</summary>
          ${uploadForm(visit, file.headings.slice(0, mostColumns))}
        </details>`
        }
      </section>`,
  };
}
