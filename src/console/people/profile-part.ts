import { html, type Html } from '../../page-kit/html.ts';
import type { Visit } from '../visit/visit.ts';
import type { PersonView } from './person-view.ts';

/** What is known of a person, attribute by attribute. */
export function profilePart(visit: Visit, person: PersonView): Html {
  return html`<section id="profile" aria-labelledby="h-profile">
    <h2 id="h-profile">${visit.t('people.parts.profile')}</h2>
    <table class="wrap">
      <caption class="unseen">${visit.t('people.parts.profile')}</caption>
      <thead>
        <tr><th scope="col">${visit.t('people.attribute')}</th><th scope="col">${visit.t('people.value')}</th></tr>
      </thead>
      <tbody>
        ${person.profile.map(
          ({ path, value }) => html`<tr>
            <th scope="row">${nameOfPath(visit, path)}</th>
            <td>${valueOf(visit, value)}</td>
          </tr>`,
        )}
      </tbody>
    </table>
    <dl class="pairs spaced">
      ${
        person.notificationEmail !== undefined
        && html`<dt>${visit.t('people.notificationEmail')}</dt><dd><bdi>${person.notificationEmail}</bdi></dd>`
      }
      ${person.source !== undefined && html`<dt>${visit.t('people.source')}</dt><dd><bdi>${person.source}</bdi></dd>`}
      <dt>${visit.t('people.password')}</dt><dd>${visit.t(
        person.hasPassword ? 'people.hasPassword' : 'people.noPassword',
      )}</dd>
      <dt>id</dt><dd><code dir="ltr">${person.user.id}</code></dd>
    </dl>
  </section>`;
}

/** A value as it is; a boolean in words. */
function valueOf(visit: Visit, value: string): Html {
  return value === 'true' || value === 'false' ? html`${visit.t(`people.values.${value}`)}` : html`<bdi>${value}</bdi>`;
}

/** What an attribute is called, and its path; of one that has no name here the path alone. */
function nameOfPath(visit: Visit, path: string): Html {
  const short = /^urn:[^ ]*:([^:]+)$/.exec(path)?.[1] ?? path;
  const code = html`<code dir="ltr" title="${path}">${short}</code>`;
  const [, attribute = short, type] = /^([^[]+)(?:\[type eq "(.*)"\])?$/.exec(short) ?? [];
  const key = `people.attributes.${attribute.replaceAll('.', '_')}`;
  if (!visit.knows(key)) return code;
  const kind = type !== undefined && visit.knows(`people.kinds.${type}`) ? visit.t(`people.kinds.${type}`) : type;
  return html`${visit.t(key)}${kind !== undefined && html` (<bdi>${kind}</bdi>)`}<span class="soft">${code}</span>`;
}
