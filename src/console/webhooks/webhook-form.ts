import { isJsonObject, type Json, type JsonObject } from '../../base/json.ts';
import { webhookEvents } from '../../webhooks/webhook-events.ts';
import { html, type Html, type Renderable } from '../../page-kit/html.ts';
import type { ConsoleAnswer } from '../visit/console-answer.ts';
import { checkField, faultBox, faultLine, textField } from '../parts.ts';
import type { Visit } from '../visit/visit.ts';

/** An endpoint as the settings hold it; of a module or a stream there is no more to see here. */
export interface EndpointSettings {
  readonly id: string;
  readonly kind: string;
  readonly url: string;
  readonly secrets: readonly string[];
  readonly events: readonly string[];
  readonly attributes: readonly string[];
}

type Faults = Readonly<Record<string, Renderable>>;

const fieldNames = ['id', 'url', 'secrets', 'events', 'attributes'];
/** Come each minute, and are told to those alone who ask for them by name. */
const checkpoint = 'audit.checkpoint';

/** The endpoints of the tenant's settings. */
export async function endpointsOf(visit: Visit): Promise<readonly JsonObject[]> {
  const { settings } = await visit.call<{ readonly settings: JsonObject }>('getSettings');
  return Array.isArray(settings['webhooks']) ? settings['webhooks'].filter(isJsonObject) : [];
}

/** An endpoint to fill the form with. */
export function endpointIn(stored: JsonObject): EndpointSettings {
  const words = (value: Json | undefined): string[] =>
    Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
  const { id, kind, url, secrets, events, attributes } = stored;
  return {
    id: typeof id === 'string' ? id : '',
    kind: typeof kind === 'string' ? kind : 'http',
    url: typeof url === 'string' ? url : '',
    secrets: words(secrets),
    events: words(events),
    attributes: words(attributes),
  };
}

/** The form of an endpoint: a new one, or one that is changed. */
export function webhookForm(visit: Visit, known: EndpointSettings | undefined, faults: Faults = {}): ConsoleAnswer {
  const isPosted = visit.request.method === 'POST';
  const { '': general } = faults;
  const [first] = fieldNames.filter((name) => faults[name] !== undefined);
  const chosen = isPosted ? chosenEvents(visit) : (known?.events ?? ['*']);
  const text = (name: 'id' | 'url' | 'secrets' | 'attributes', stored: string, required: boolean): Html =>
    textField({
      name,
      label: visit.t(`webhooks.fields.${name}`),
      hint: visit.t(`webhooks.hints.${name}`),
      value: isPosted ? visit.field(name) : stored,
      required,
      fault: faults[name],
      focus: name === first,
      ...(name === 'url' ? { inputmode: 'url' as const } : {}),
    });
  const title = known === undefined ? visit.t('webhooks.add') : visit.t('webhooks.editTitle', { name: known.id });
  const back = known === undefined ? '/webhooks' : `/webhooks/${known.id}`;
  return {
    title,
    lead: visit.say('webhooks.formLead'),
    crumbs: [{ href: visit.href(back), text: known?.id ?? visit.t('webhooks.title') }],
    section: 'webhooks',
    status: Object.keys(faults).length > 0 ? 422 : 200,
    body: html`${general !== undefined && faultBox(general)}
    ${visit.form(
      known === undefined ? '/webhooks/new' : `/webhooks/${known.id}/edit`,
      html`${known === undefined && text('id', '', true)} ${text('url', known?.url ?? '', true)}
        ${text('secrets', known?.secrets.join(', ') ?? '', known !== undefined)}
          ${eventsField(visit, chosen, faults['events'])}
        ${text('attributes', known?.attributes.join(', ') ?? '', false)}
        <div class="deeds">
          <button>${visit.t(known === undefined ? 'webhooks.add' : 'settings.save')}</button>
          <a class="button quiet" href="${visit.href(back)}">${visit.t('shell.cancel')}</a>
        </div>`,
      { className: 'stack' },
    )}`,
  };
}

function eventsField(visit: Visit, chosen: readonly string[], fault: Renderable): Html {
  const kinds = [...new Set(webhookEvents.map((name) => name.split('.', 1)[0] ?? ''))];
  const isOn = (name: string): boolean => chosen.includes(name) || chosen.includes(`${name.split('.', 1)[0] ?? ''}.*`);
  return html`<fieldset class="field">
    <legend>${visit.t('webhooks.fields.events')}</legend>
    ${fault !== undefined && faultLine('events-fault', fault)}
    ${checkField('events', visit.t('webhooks.every'), chosen.includes('*'), visit.t('webhooks.everyHint'), '*')}
    ${kinds.map(
      (kind) => html`<fieldset>
        <legend class="soft">${visit.t(`webhooks.kinds.${kind}`)}</legend>
        <div class="row ticks">${webhookEvents
          .filter((name) => name.startsWith(`${kind}.`))
          .map((name) => checkField('events', visit.t(`webhooks.events.${name}`), isOn(name), undefined, name))}</div>
      </fieldset>`,
    )}
  </fieldset>`;
}

function chosenEvents(visit: Visit): readonly string[] {
  const ticked = visit.fields('events');
  // Every event is told, and checkpoints too only where they are asked for by name.
  return ticked.includes('*') ? ['*', ...ticked.filter((name) => name === checkpoint)] : ticked;
}

/** What the form was sent with, as the settings hold it. */
export function postedEndpoint(visit: Visit, id: string): JsonObject {
  const words = (name: string): string[] =>
    visit
      .field(name)
      .split(/[\s,]+/)
      .filter((word) => word !== '');
  return {
    id,
    url: visit.field('url'),
    secrets: words('secrets'),
    events: [...chosenEvents(visit)],
    attributes: words('attributes'),
  };
}

/** Whether no secret is named: one is made for a new endpoint. */
export function isWithoutSecret({ secrets }: JsonObject): boolean {
  return Array.isArray(secrets) && secrets.length === 0;
}

/** What is wrong with a posted endpoint by itself. */
export function endpointFaults(visit: Visit, posted: JsonObject, isNew = false): Faults {
  const { id, events } = posted;
  const isEmpty = (value: Json | undefined): boolean => Array.isArray(value) && value.length === 0;
  return {
    ...(typeof id === 'string' && /^[a-z0-9][a-z0-9-]{0,62}$/.test(id) ? {} : { id: visit.t('webhooks.faults.id') }),
    ...(URL.canParse(visit.field('url')) ? {} : { url: visit.t('webhooks.faults.url') }),
    ...(!isNew && isWithoutSecret(posted) ? { secrets: visit.t('webhooks.faults.secrets') } : {}),
    ...(isEmpty(events) ? { events: visit.t('webhooks.faults.events') } : {}),
  };
}

/** What the settings refused, at the field that it is about. */
export function refusedEndpoint(refused: string): Faults {
  const found: Record<string, Renderable> = {};
  for (const sentence of refused.split(/(?<=\.) (?=webhooks\.)/)) {
    const [, name = '', text = sentence] = /^webhooks\.\d+\.(\w+)(?:\.\d+)?[ :]+(.*)$/s.exec(sentence) ?? [];
    found[fieldNames.includes(name) ? name : ''] ??= html`<span lang="en">${text}</span>`;
  }
  return found;
}
