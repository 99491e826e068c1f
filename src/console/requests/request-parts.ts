import { html, type Html } from '../../page-kit/html.ts';
import type { RequestExplanation } from '../../operations/requests/request-explanation.ts';
import type { ReplayAnswer } from '../../operations/requests/request-log-operation.ts';
import type { RequestLogEntry } from '../../domain/request-log.ts';
import { icon, type IconName } from '../visit/icons.ts';
import { noticeBox, prose, stateChip, type Tone } from '../parts.ts';
import type { Visit } from '../visit/visit.ts';

/** A call with its explanation. */
export type Entry = RequestLogEntry & { readonly explanation: RequestExplanation };

const methods = ['', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** A call as one line. */
export function summaryOf(visit: Visit, entry: Entry): Html {
  return html`${icon('onward')}<span
    class="soft">${visit.second(entry.at)}</span><span>${statusOf(visit, entry)}</span><span><bdi>${
      entry.client?.name ?? visit.t('requests.unknown')
    }</bdi></span
    ><code dir="ltr">${entry.method} ${entry.path.slice(0, 60)}</code><span>${
      entry.detail === undefined ? whyText(visit, entry) : prose(entry.detail)
    }</span>`;
}

/** How it ended. */
export function statusOf(visit: Visit, { status, explanation }: Entry): Html {
  const inPart = status < 400 && ['skippedMembers', 'dropped'].includes(explanation.why);
  const [tone, name]: readonly [Tone, IconName] =
    status === 429
      ? ['late', 'held']
      : status >= 400
        ? ['stop', 'failed']
        : inPart
          ? ['late', 'none']
          : ['done', 'tick'];
  return stateChip(tone, name, inPart ? visit.t('requests.inPart', { status: String(status) }) : String(status));
}

function whyText(visit: Visit, { explanation: { why } }: Entry): string {
  return visit.t(`requests.why.${visit.knows(`requests.why.${why}`) ? why : 'refused'}`);
}

/**
 * What came, why not, what to change; operations, rules and bodies.
 * @param most how many operations are shown; a link leads to the others
 */
export function details(visit: Visit, entry: Entry, most = Infinity): Html {
  const { explanation, detail, client, operations = [], dropped = [], skippedMembers, rules = [], bodies } = entry;
  const idp = /okta/i.test(client?.name ?? '') ? 'okta' : /entra|azure/i.test(client?.name ?? '') ? 'entra' : 'other';
  const { mend, about } = explanation;
  const mendKeys = [idp, 'other'].flatMap((key) => (about === undefined ? [key] : [`${key}About`, key]));
  const mendKey =
    mendKeys.map((key) => `requests.mend.${mend ?? ''}.${key}`).find((key) => visit.knows(key))
    ?? 'requests.mend.refused.other';
  const caller = client === undefined ? visit.t('requests.theCaller') : html`<bdi>${client.name}</bdi>`;
  return html`<dl class="said">
      <div>
        <dt>${visit.t('requests.said.came')}</dt>
        <dd>${visit.say(`requests.came.${explanation.came}`, {
          client: client?.name ?? visit.t('requests.unknown'),
          path: html`<code dir="ltr">${entry.path}</code>`,
        })}</dd>
      </div>
      <div>
        <dt>${visit.t(entry.status < 400 ? 'requests.said.made' : 'requests.said.why')}</dt>
        <dd>${whyText(visit, entry)}${
          detail !== undefined && html` <span lang="en"><bdi>${prose(detail)}</bdi></span>`
        }</dd>
      </div>
      ${
        mend !== undefined
        && html`<div>
        <dt>${visit.say(`requests.said.mend_${idp}`, { caller })}</dt>
        <dd>${visit.say(mendKey, { caller, about: html`<code dir="ltr">${about ?? ''}</code>` })}</dd>
      </div>`
      }
    </dl>
    ${
      operations.length > 0
      && html`<h3>${visit.t('requests.operations')}</h3>
      <div class="scroll" tabindex="0" role="group" aria-label="${visit.t('requests.operations')}">
        <table>
          <thead>
            <tr>
              <th scope="col">${visit.t('requests.number')}</th>
              <th scope="col">${visit.t('requests.operation')}</th>
              <th scope="col">${visit.t('requests.path')}</th>
              <th scope="col">${visit.t('requests.made')}</th>
            </tr>
          </thead>
          <tbody>
            ${operations.slice(0, most).map(
              ({ op, path, outcome }, at) => html`<tr>
                <td>${visit.number(at + 1)}</td>
                <td><code dir="ltr">${op}</code></td>
                <td>${path !== undefined && html`<code dir="ltr">${path}</code>`}</td>
                <td>${outcomeOf(visit, outcome)}</td>
              </tr>`,
            )}
          </tbody>
        </table>
      </div>
      ${
        operations.length > most
        && html`<p><a href="${visit.href(`/requests/${entry.id}`)}">${visit.say('requests.moreOperations', {
          count: operations.length - most,
        })}</a></p>`
      }`
    }
    <dl class="pairs spaced">
      <dt>${visit.t('requests.id')}</dt><dd><code dir="ltr">${entry.id}</code></dd>
      <dt>${visit.t('requests.took')}</dt><dd>${visit.number(entry.ms)} ms</dd>
      ${
        entry.address !== undefined
        && html`<dt>${visit.t('requests.from')}</dt><dd><code
        dir="ltr">${entry.address}</code></dd>`
      }
      ${
        entry.tokenEnd !== undefined
        && html`<dt>${visit.t('requests.tokenEnd')}</dt><dd><code
        dir="ltr">…${entry.tokenEnd}</code></dd>`
      }
      ${
        entry.query !== undefined
        && html`<dt>${visit.t('requests.query')}</dt><dd><code
        dir="ltr">${entry.query}</code></dd>`
      }
      ${rules.length > 0 && html`<dt>${visit.t('requests.rules')}</dt><dd>${rules.join(', ')}</dd>`}
      ${dropped.length > 0 && html`<dt>${visit.t('requests.dropped')}</dt><dd><bdi>${dropped.join(', ')}</bdi></dd>`}
      ${
        skippedMembers !== undefined
        && html`<dt>${visit.t('requests.skipped')}</dt><dd>${visit.number(skippedMembers.count)}:
          <bdi>${skippedMembers.ids.join(', ')}</bdi></dd>`
      }
    </dl>
    ${
      bodies !== undefined
      && html`<div class="two spaced">
      ${(['request', 'response'] as const).map(
        (name) =>
          bodies[name] !== undefined
          && html`<div>
            <h3>${visit.t(`requests.bodies.${name}`)}</h3>
            <pre dir="ltr" tabindex="0" role="group"
              aria-label="${visit.t(`requests.bodies.${name}`)}">${JSON.stringify(bodies[name], undefined, 2)}</pre>
          </div>`,
      )}
    </div>`
    }`;
}

function outcomeOf(visit: Visit, outcome: string): Html {
  const looks: Readonly<Record<string, readonly [Tone, IconName]>> = {
    applied: ['done', 'tick'],
    alreadyTrue: ['wait', 'none'],
    refused: ['stop', 'cross'],
  };
  const [tone, name] = looks[outcome] ?? ['wait', 'none'];
  return stateChip(tone, name, visit.t(`requests.outcomes.${outcome}`));
}

/** What can be done with a call. */
export function deeds(visit: Visit, { id, method, path, client }: Entry): Html {
  const person = /^\/Users\/([\w-]{8,64})$/i.exec(path)?.[1];
  const mayReplay = visit.may('replayRequest') && client !== undefined && methods.includes(method);
  return html`<div class="deeds">
    ${
      mayReplay
      && visit.form(`/requests/${id}/replay`, html`<button class="quiet">${visit.t('requests.replay')}</button>`)
    }
    <a class="button quiet" href="${visit.href(`/requests/${id}`)}">${visit.t('requests.link')}</a>
    ${
      person !== undefined
      && html`<a class="button quiet"
      href="${visit.href(`/people/${person}`)}">${visit.t('people.elsewhere.person')}</a>`
    }
  </div>`;
}

/** What a dry run of the call came to. */
export function replayed(visit: Visit, replay: { readonly view: ReplayAnswer } | { readonly refused: string }): Html {
  if ('refused' in replay) return noticeBox('late', html`<p>${replay.refused}</p>`, 'status');
  const { status, detail, body } = replay.view;
  return noticeBox(
    status < 400 ? 'done' : 'stop',
    html`<p>${visit.say('requests.replayed', { status: String(status) })}
      ${detail !== undefined && html`<bdi>${detail}</bdi>`}</p>
      ${
        body !== undefined
        && html`<details>
        <summary>${visit.t('requests.bodies.response')}</summary>
        <pre dir="ltr" tabindex="0" role="group"
          aria-label="${visit.t('requests.bodies.response')}">${JSON.stringify(body, undefined, 2)}</pre>
      </details>`
      }`,
    'status',
  );
}
