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
            <th scope="row"><code dir="ltr" title="${path}">${shortPath(path)}</code></th>
            <td><bdi>${value}</bdi></td>
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

/** A path without the URN in front of it. */
function shortPath(path: string): string {
  return /^urn:[^ ]*:([^:]+)$/.exec(path)?.[1] ?? path;
}
