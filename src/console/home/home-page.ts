import type { OverviewView } from '../../operations/overview-operation.ts';
import { html, type Html } from '../../page-kit/html.ts';
import type { ConsolePage } from '../visit/console-answer.ts';
import type { ConsoleSite } from '../console-site.ts';
import type { Visit } from '../visit/visit.ts';
import { firstSteps } from './welcome-page.ts';
import { connectionNeed, needs, peopleNeeds, webhookNeed, type WebhookState } from './home-needs.ts';
import { peopleSection, deliveriesSection, clientsSection } from './home-sections.ts';

/** `/console`: what needs a human on top, then people by state, deliveries by day, clients. */
export function homePage(site: ConsoleSite): void {
  site.page('/', { section: 'home', operations: ['getOverview'] }, async (visit) => {
    const [view, steps, { webhooks }] = await Promise.all([
      visit.call<OverviewView>('getOverview'),
      firstSteps(visit),
      visit.may('listWebhooks')
        ? visit.call<{ readonly webhooks: readonly WebhookState[] }>('listWebhooks')
        : { webhooks: [] },
    ]);
    return page(visit, view, steps, webhooks);
  });
}

function page(visit: Visit, view: OverviewView, steps: Html | false, webhooks: readonly WebhookState[]): ConsolePage {
  const people = peopleNeeds(visit, view);
  const connections = [
    ...view.clients.flatMap((client) => connectionNeed(visit, client)),
    ...webhooks.flatMap((endpoint) => webhookNeed(visit, endpoint)),
  ];
  const count = people.reduce((sum, need) => sum + (typeof need.count === 'number' ? need.count : 0), 0);
  return {
    title: visit.t('shell.nav.home'),
    lead: leadOf(visit, view, count, connections.length),
    deed: html`<p class="soft small">${visit.say('home.asOf', { at: visit.date(view.at) })}</p>`,
    section: 'home',
    body: html`${steps} ${
      people.length + connections.length > 0
      && html`<div class="two">
        ${needs(visit, 'stuck', people)} ${needs(visit, 'links', connections)}
      </div>`
    }
      <div class="two">${peopleSection(visit, view)} ${deliveriesSection(visit, view)}</div>
      ${clientsSection(visit, view)}`,
  };
}

function leadOf(visit: Visit, { people, clients }: OverviewView, stuckPeople: number, connections: number): Html {
  if (people.total === 0 && clients.every(({ lastUsedAt }) => lastUsedAt === undefined))
    return visit.say('home.lead.empty');
  if (stuckPeople === 0 && connections === 0) return visit.say('home.lead.calm');
  const links = {
    people: html`<a href="#stuck">${visit.t('home.lead.people', { count: stuckPeople })}</a>`,
    connections: html`<a href="#links">${visit.t('home.lead.connections', { count: connections })}</a>`,
  };
  if (connections === 0) return visit.say('home.lead.peopleOnly', links);
  return visit.say(stuckPeople === 0 ? 'home.lead.connectionsOnly' : 'home.lead.both', links);
}
