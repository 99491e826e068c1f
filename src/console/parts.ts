import { html, type Html, type Renderable } from '../page-kit/html.ts';
import { icon, type IconName } from './visit/icons.ts';
import type { Visit } from './visit/visit.ts';

/** What a state asks of the reader: nothing (wait, way, done) or a hand (late, stop). */
export type Tone = 'wait' | 'way' | 'done' | 'late' | 'stop';

const noticeIcons: Readonly<Record<Tone, IconName>> = {
  wait: 'info',
  way: 'info',
  done: 'tick',
  late: 'expired',
  stop: 'failed',
};

/** A box that tells something; `role` says how urgently. */
export function noticeBox(tone: Tone, body: Html, role?: 'status' | 'alert', deed?: Html): Html {
  return html`<div class="notice" data-tone="${tone}"${role !== undefined && html` role="${role}"`}>
    ${icon(noticeIcons[tone])}
    <div>${body}</div>
    ${deed}
  </div>`;
}

/** A state: colour, icon and word. */
export function stateChip(tone: Tone, name: IconName, text: string): Html {
  return html`<span class="state" data-tone="${tone}">${icon(name)}${text}</span>`;
}

/** A text of the machine with a button that copies it. */
export function copyField(visit: Visit, value: string, label?: string): Html {
  return html`<div class="copy">
    <code class="line" dir="ltr"
      tabindex="0"${label !== undefined && html` role="group" aria-label="${label}"`}>${value}</code>
    <button type="button" class="quiet low js" data-copy="${visit.t('shell.copied')}">
      ${icon('copy')}<span
        data-said>${visit.t('shell.copy')}</span>${label !== undefined && html`<span class="unseen">: ${label}</span>`}
    </button>
  </div>`;
}

/** One labelled input. */
export interface FieldParts {
  readonly name: string;
  readonly label: string;
  readonly type?:
    'text' | 'email' | 'password' | 'number' | 'url' | 'date' | 'time' | 'datetime-local' | 'search' | 'color';
  readonly value?: string;
  readonly hint?: Renderable;
  readonly fault?: Renderable | undefined;
  /** Takes the focus: of several faults the first. */
  readonly focus?: boolean;
  readonly autocomplete?: string;
  readonly inputmode?: 'text' | 'numeric' | 'email' | 'tel' | 'url';
  readonly required?: boolean;
  readonly readonly?: boolean;
  /** The id of a list of offers. */
  readonly list?: string;
  readonly min?: number;
  readonly max?: number;
}

/** Renders a field: label, hint, what is wrong with it, input. */
export function textField(parts: FieldParts): Html {
  const { name, label, type = 'text', value, hint, fault, autocomplete = 'off', required = true } = parts;
  const described = [hint === undefined ? [] : [`${name}-hint`], fault === undefined ? [] : [`${name}-fault`]].flat();
  return html`<div class="field">
    <label for="${name}">${label}</label>
    ${hint !== undefined && html`<p class="hint" id="${name}-hint">${hint}</p>`}
    ${fault !== undefined && faultLine(`${name}-fault`, fault)}
    <input
      id="${name}"
      name="${name}"
      type="${type}"
      autocomplete="${autocomplete}"
      dir="auto"
      ${[
        value !== undefined && html` value="${value}"`,
        parts.inputmode !== undefined && html` inputmode="${parts.inputmode}"`,
        parts.list !== undefined && html` list="${parts.list}"`,
        parts.min !== undefined && html` min="${parts.min}"`,
        parts.max !== undefined && html` max="${parts.max}"`,
        required && html` required`,
        parts.readonly === true && html` readonly`,
        type === 'password' && html` spellcheck="false"`,
        described.length > 0 && html` aria-describedby="${described.join(' ')}"`,
        fault !== undefined && html` aria-invalid="true"`,
        fault !== undefined && parts.focus !== false && html` autofocus`,
      ]}
    />
  </div>`;
}

/** What is wrong with a field, beside it. */
export function faultLine(id: string, fault: Renderable): Html {
  return html`<p class="fault" id="${id}">${icon('failed')}<span>${fault}</span></p>`;
}

/** A choice of one among several, with its label. */
export function selectField(
  name: string,
  label: string,
  options: readonly { readonly value: string; readonly text: string }[],
  chosen: string,
  hint?: Renderable,
  fault?: Renderable,
): Html {
  const described = [hint === undefined ? [] : [`${name}-hint`], fault === undefined ? [] : [`${name}-fault`]].flat();
  return html`<div class="field">
    <label for="${name}">${label}</label>
    ${hint !== undefined && html`<p class="hint" id="${name}-hint">${hint}</p>`}
    ${fault !== undefined && faultLine(`${name}-fault`, fault)}
    <select id="${name}" name="${name}"${described.length > 0 && html` aria-describedby="${described.join(' ')}"`}>
      ${options.map(
        ({ value, text }) => html`<option value="${value}"${value === chosen && html` selected`}>${text}</option>`,
      )}
    </select>
  </div>`;
}

/** A box to tick; the posted value is `on`. */
export function checkField(name: string, label: string, checked: boolean, hint?: Renderable, value = 'on'): Html {
  const id = value === 'on' ? name : `${name}-${value}`;
  return html`<div class="check">
    <input type="checkbox" id="${id}" name="${name}"
      value="${value}"${checked && html` checked`}${hint !== undefined && html` aria-describedby="${id}-hint"`} />
    <label for="${id}">${label}</label>
    ${hint !== undefined && html`<p class="hint" id="${id}-hint">${hint}</p>`}
  </div>`;
}

/** A text of ours with code in backticks. */
export function prose(text: string): Html {
  return html`${text
    .split(/`([^`]*)`/)
    .map((part, at) => (at % 2 === 0 ? part : html`<code dir="ltr">${part}</code>`))}`;
}

/** What is wrong with a form as a whole; announced, and takes the focus. */
export function faultBox(text: Renderable): Html {
  return html`<div class="notice" data-tone="stop" role="alert" tabindex="-1" autofocus>
    ${icon('failed')}
    <div><p>${text}</p></div>
  </div>`;
}

/** The way on through a list by cursor: the next page, and back to the first. */
export function pager(
  visit: Visit,
  path: string,
  query: Readonly<Record<string, string>>,
  next?: string,
): Html | false {
  const isFirst = visit.query('after') === '';
  if (isFirst && next === undefined) return false;
  return html`<nav class="pages" aria-label="${visit.t('shell.next')}">
    ${!isFirst && html`<a class="button quiet low" href="${visit.href(path, query)}">${visit.t('shell.first')}</a>`}
    ${
      next !== undefined
      && html`<a class="button quiet low"
      href="${visit.href(path, { ...query, after: next })}">${visit.t('shell.next')}${icon('onward')}</a>`
    }
  </nav>`;
}
