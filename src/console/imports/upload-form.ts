import { html, type Html } from '../../page-kit/html.ts';
import { guessHeading, isOurHeading } from '../../imports/file/columns.ts';
import { headings as ourHeadings } from '../../imports/file/headings.ts';
import { checkField, selectField } from '../parts.ts';
import type { Visit } from '../visit/visit.ts';

export function uploadForm(visit: Visit, headings: readonly string[] = []): Html {
  return visit.form(
    '/imports',
    html`<div class="field">
        <label for="file">${visit.t('imports.fields.file')}</label>
        <p class="hint" id="file-hint">${visit.t('imports.fields.fileHint')}</p>
        <input id="file" name="file" type="file" required accept=".csv,.tsv,.txt,.xlsx,.json,.jsonl"
          aria-describedby="file-hint" />
      </div>
      ${headings.map((heading, index) => columnField(visit, heading, index))}
      ${
        headings.length > 0
        && html`<p class="hint">${visit.t('imports.columnHint')}</p>
          <datalist id="our-headings">${ourHeadings.map(
            ({ name }) => html`<option value="${name}"></option>`,
          )}</datalist>`
      }
      <details>
        <summary>${visit.t('imports.more')}</summary>
        <div class="stack">
          ${selectField(
            'dates',
            visit.t('imports.fields.dates'),
            ['iso', 'dmy', 'mdy'].map((value) => ({ value, text: visit.t(`imports.dates.${value}`) })),
            'iso',
          )}
          ${checkField('createGroups', visit.t('imports.fields.createGroups'), false)}
          ${checkField('full', visit.t('imports.fields.full'), false, visit.t('imports.fields.fullHint'))}
        </div>
      </details>
      <button>${visit.t('imports.upload')}</button>
      <p class="hint">${visit.t('imports.uploadHint')}</p>`,
    { upload: true, className: 'stack' },
  );
}

/** What a column of the file is: a heading of ours needs no answer, of another the guess is there to be corrected. */
function columnField(visit: Visit, heading: string, index: number): Html {
  const isOurs = isOurHeading(heading);
  const id = `column-${index}`;
  return html`<div class="field">
    <label for="${id}">${visit.say('imports.column', { name: heading })}</label>
    <input
      id="${id}"
      name="column:${heading}"
      value="${isOurs ? '' : (guessHeading(heading) ?? '')}"
      ${isOurs && html`placeholder="${heading}"`}
      list="our-headings"
      autocomplete="off"
      dir="ltr"
    />
  </div>`;
}
