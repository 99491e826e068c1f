import type { JsonObject } from '../../base/json.ts';
import { html } from '../../page-kit/html.ts';
import type { ConsoleAnswer } from '../visit/console-answer.ts';
import type { ConsoleSite } from '../console-site.ts';
import { errorPage } from '../error-page.ts';
import { faultBox } from '../parts.ts';
import type { Visit } from '../visit/visit.ts';
import { secretPage } from './secret-page.ts';
import {
  endpointFaults,
  endpointIn,
  endpointsOf,
  isWithoutSecret,
  postedEndpoint,
  refusedEndpoint,
  webhookForm,
} from './webhook-form.ts';

const rules = { section: 'webhooks', operations: ['changeSettings'], fresh: true } as const;
/** What a module is told is set where the module is. */
const removable = ['http', 'siem', 'push', 'poll'];
const adding = { ...rules, operations: ['changeSettings', 'createWebhook'], once: true } as const;

/** Endpoints are added, changed and removed, in the tenant's settings. */
export function changePages(site: ConsoleSite): void {
  site.page('/webhooks/new', rules, (visit) => webhookForm(visit, undefined));
  site.act('/webhooks/new', adding, async (visit) => {
    const id = visit.field('id');
    const posted = postedEndpoint(visit, id);
    const all = await endpointsOf(visit);
    const taken = id === 'new' || all.some((one) => one['id'] === id);
    const faults = {
      ...endpointFaults(visit, posted, true),
      ...(taken ? { id: visit.t('webhooks.faults.taken') } : {}),
    };
    if (Object.keys(faults).length > 0) return webhookForm(visit, undefined, faults);
    if (isWithoutSecret(posted)) return addWithSecret(visit, posted);
    const refused = await write(visit, [...all, posted]);
    return refused === undefined
      ? visit.goOn(`/webhooks/${id}`, { key: 'webhooks.added', values: { name: id } })
      : webhookForm(visit, undefined, refusedEndpoint(refused));
  });
  site.page('/webhooks/:id/edit', rules, (visit) =>
    withEndpoint(visit, (stored) => webhookForm(visit, endpointIn(stored))),
  );
  site.act('/webhooks/:id/edit', rules, (visit) =>
    withEndpoint(visit, async (stored, all) => {
      const known = endpointIn(stored);
      const posted = postedEndpoint(visit, known.id);
      const faults = endpointFaults(visit, posted);
      if (Object.keys(faults).length > 0) return webhookForm(visit, known, faults);
      const refused = await write(
        visit,
        all.map((one) => (one === stored ? { ...stored, ...posted } : one)),
      );
      return refused === undefined
        ? visit.goOn(`/webhooks/${known.id}`, { key: 'webhooks.changed' })
        : webhookForm(visit, known, refusedEndpoint(refused));
    }),
  );
  site.page('/webhooks/:id/remove', rules, (visit) =>
    withEndpoint(visit, () => askToRemove(visit, visit.param('id')), removable),
  );
  site.act('/webhooks/:id/remove', { ...rules, operations: ['removeWebhook'] }, (visit) =>
    withEndpoint(
      visit,
      async () => {
        const id = visit.param('id');
        const done = await visit.attempt('removeWebhook', { params: { id } });
        return 'refused' in done
          ? askToRemove(visit, id, done.refused)
          : visit.goOn('/webhooks', { key: 'webhooks.removed' });
      },
      removable,
    ),
  );
  site.act('/webhooks/:id/rotate', { ...rules, operations: ['rotateWebhookSecret'] }, async (visit) => {
    const id = visit.param('id');
    const done = await visit.attempt<{ readonly secret: string }>('rotateWebhookSecret', { params: { id } });
    return 'refused' in done
      ? visit.goOn(`/webhooks/${id}`, { key: 'people.refused', values: { reason: done.refused }, tone: 'late' })
      : secretPage(visit, id, done.view.secret);
  });
}

/** An endpoint whose secret is made here: it is shown this once. */
async function addWithSecret(visit: Visit, { id = '', url = '', events = [], attributes = [] }: JsonObject) {
  const body = { id, url, events, attributes };
  const done = await visit.attempt<{ readonly secret: string }>('createWebhook', { body }, true);
  return 'refused' in done
    ? webhookForm(visit, undefined, refusedEndpoint(done.refused))
    : secretPage(visit, visit.field('id'), done.view.secret);
}

/** @returns why the settings refuse it; undefined once they are in force */
async function write(visit: Visit, webhooks: readonly JsonObject[]): Promise<string | undefined> {
  const done = await visit.attempt('changeSettings', { body: { webhooks: [...webhooks] } }, true);
  return 'refused' in done ? done.refused : undefined;
}

async function withEndpoint(
  visit: Visit,
  use: (stored: JsonObject, all: readonly JsonObject[]) => ConsoleAnswer | Promise<ConsoleAnswer>,
  kinds: readonly string[] = ['http'],
): Promise<ConsoleAnswer> {
  const all = await endpointsOf(visit);
  const stored = all.find((one) => one['id'] === visit.param('id'));
  // What a module is told is set where the module is: in the operator's file.
  return stored === undefined || !kinds.includes(endpointIn(stored).kind)
    ? errorPage(visit, 404, 'notFound')
    : use(stored, all);
}

function askToRemove(visit: Visit, id: string, refused?: string): ConsoleAnswer {
  return {
    title: visit.t('webhooks.removeTitle', { name: id }),
    lead: visit.say('webhooks.removeText'),
    crumbs: [{ href: visit.href(`/webhooks/${id}`), text: id }],
    section: 'webhooks',
    status: refused === undefined ? 200 : 422,
    body: html`${refused !== undefined && faultBox(refused)}
    ${visit.form(
      `/webhooks/${id}/remove`,
      html`<div class="deeds">
        <button class="danger">${visit.t('webhooks.removeDo')}</button>
        <a class="button quiet" href="${visit.href(`/webhooks/${id}`)}">${visit.t('shell.cancel')}</a>
      </div>`,
    )}`,
  };
}
