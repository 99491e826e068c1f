import { html, type Html } from '../../page-kit/html.ts';
import { copyField, noticeBox } from '../parts.ts';
import type { Visit } from '../visit/visit.ts';
import type { Source } from './sources.ts';

/** A token that was just made: shown this once. */
export function tokenNotice(visit: Visit): Html {
  return noticeBox(
    'late',
    html`<p><strong>${visit.t('connect.once.title')}</strong></p><p>${visit.t('connect.once.text')}</p>`,
    'status',
  );
}

/**
 * A source's own form, field by field, beside what arrives of it; and where its attributes go.
 * @param token just made; undefined once it is gone
 * @param deed stands where the token is gone, such as a button that makes another
 */
export function sourceGuide(
  visit: Visit,
  source: Source,
  panel: Html,
  token: string | undefined,
  deed: Html | false = false,
): Html {
  return html`<div class="two">
      <section aria-labelledby="form">
        <h2 id="form">${visit.t('connect.form', { name: source.name })}</h2>
        <p>${visit.say('connect.place', { place: html`<strong>${source.place}</strong>` })}</p>
        <ol class="form">${source.fields.map((field, index) => fieldRow(visit, field, index, token, deed))}</ol>
        <p>${visit.say('connect.test', { button: html`<strong>${source.test}</strong>` })}</p>
      </section>
      ${panel}
    </div>
    <section aria-labelledby="mapping">
      <h2 id="mapping">${visit.t('connect.mapping')}</h2>
      <table class="fits">
        <caption class="unseen">${visit.t('connect.mapping')}</caption>
        <thead>
          <tr>
            <th scope="col">${source.name}</th>
            <th scope="col">SCIM</th>
          </tr>
        </thead>
        <tbody>
          ${source.mapping.map(
            ({ theirs, ours }) =>
              html`<tr>
                <th scope="row"><code dir="ltr">${theirs}</code></th>
                <td><code dir="ltr">${ours}</code></td>
              </tr>`,
          )}
        </tbody>
      </table>
    </section>`;
}

function fieldRow(
  visit: Visit,
  { label, enter }: Source['fields'][number],
  index: number,
  token: string | undefined,
  deed: Html | false,
): Html {
  const value = enter === 'base' ? visit.scimUrl : enter === 'token' ? token : enter.text;
  return html`<li>
    <span class="no">${index + 1}</span>
    <div>
      <h3 dir="ltr">${label}</h3>
      ${
        value !== undefined
          ? copyField(visit, value, label)
          : deed === false
            ? html`<p class="soft">${visit.t('connect.tokenGone')}</p>`
            : deed
      }
    </div>
  </li>`;
}
