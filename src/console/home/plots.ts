import { scaleLinear } from 'd3-scale';
import { stack, stackOffsetExpand } from 'd3-shape';
import type { DeliveryDay } from '../../notify/outbox/delivery-days.ts';
import { html, type Html } from '../../page-kit/html.ts';
import { lookOf } from '../states.ts';
import type { Visit } from '../visit/visit.ts';

/** How a state is filled, so that it is told apart without colour too. */
const fills: Readonly<Record<string, 'plain' | 'faint' | 'hatched'>> = {
  none: 'faint',
  held: 'hatched',
  invited: 'hatched',
  bounced: 'hatched',
};

interface StateCount {
  readonly state: string;
  readonly count: number;
}

/** The pattern that hatches in the colour of a state. */
function hatching(id: string, tone: string): Html {
  return html`<pattern id="${id}" class="tone" data-tone="${tone}" width="6" height="6" patternUnits="userSpaceOnUse"
    patternTransform="rotate(45)"><path d="M1.5 0V6" stroke="currentColor" stroke-width="3"/></pattern>`;
}

function fillOf(state: string): Html {
  const fill = fills[state] ?? 'plain';
  if (fill === 'hatched') return html`fill="url(#hatch-${state})"`;
  return fill === 'faint' ? html`fill="currentColor" fill-opacity=".45"` : html`fill="currentColor"`;
}

/** The square beside a state's name in the table. */
export function stateKey(state: string): Html {
  return html`<svg class="key tone" data-tone="${lookOf(state)[0]}" width="14" height="14" aria-hidden="true"
    focusable="false"><rect width="14" height="14" ${fillOf(state)}/></svg>`;
}

/** People by state: above those who are in and those who are not, below the latter by state. */
export function peoplePlot(visit: Visit, states: readonly StateCount[]): Html {
  const total = states.reduce((sum, { count }) => sum + count, 0);
  const active = states.find(({ state }) => state === 'active')?.count ?? 0;
  const others = states.filter(({ state, count }) => state !== 'active' && count > 0);
  const x = (share: number): string => percent(share);
  const shareIn = total === 0 ? 0 : active / total;
  const [series = []] = [
    stack<Record<string, number>>()
      .keys(others.map(({ state }) => state))
      .offset(stackOffsetExpand)([Object.fromEntries(others.map(({ state, count }) => [state, count]))]),
  ];
  const bar = (from: number, to: number, y: number, height: number, fill: Html): Html => {
    const start = visit.dir === 'rtl' ? 1 - to : from;
    return html`<rect x="${x(start)}" y="${y}" width="${x(Math.max(0.004, to - from - 0.003))}" height="${height}"
      ${fill}/>`;
  };
  return html`<svg class="plot" width="100%" height="80" role="img" aria-labelledby="by-state-text">
    <title id="by-state-text">${visit.t('home.people.plot', { total, active, others: total - active })}</title>
    <defs>${states
      .filter(({ state }) => fills[state] === 'hatched')
      .map(({ state }) => hatching(`hatch-${state}`, lookOf(state)[0]))}</defs>
    ${shareIn > 0 && html`<g class="tone" data-tone="done">${bar(0, shareIn, 0, 14, html`fill="currentColor"`)}</g>`}
    ${
      shareIn < 1
      && total > 0
      && html`<g class="tone"
      data-tone="wait">${bar(shareIn, 1, 0, 14, html`fill="currentColor"`)}</g>`
    }
    ${
      others.length > 0
      && html`<line class="grid" x1="${x(visit.dir === 'rtl' ? 1 - shareIn : shareIn)}" y1="16"
        x2="${x(visit.dir === 'rtl' ? 1 : 0)}" y2="46"/><line class="grid" x1="${x(visit.dir === 'rtl' ? 0 : 1)}"
          y1="16" x2="${x(visit.dir === 'rtl' ? 0 : 1)}" y2="46"/>`
    }
    ${series.map(
      ({ key, 0: part }) => html`<g class="tone"
      data-tone="${lookOf(key)[0]}">${bar(part?.[0] ?? 0, part?.[1] ?? 0, 48, 28, fillOf(key))}</g>`,
    )}
  </svg>`;
}

const upHeight = 150;
const downHeight = 60;
const labelHeight = 28;

/** Deliveries a day: upwards what was delivered, downwards, hatched and on a scale of its own, what failed. */
export function deliveriesPlot(visit: Visit, days: readonly DeliveryDay[], dayText: (day: string) => string): Html {
  const most = Math.max(1, ...days.map(({ delivered }) => delivered));
  const mostFailed = Math.max(1, ...days.map(({ failed }) => failed));
  const up = scaleLinear()
    .domain([0, most])
    .nice(3)
    .range([0, upHeight - 20]);
  const down = scaleLinear()
    .domain([0, mostFailed])
    .nice(2)
    .range([0, downHeight - 18]);
  const gutter = 0.08;
  const width = (1 - gutter) / days.length;
  const left = (index: number): number =>
    visit.dir === 'rtl' ? (days.length - 1 - index) * width : gutter + index * width;
  const x = (share: number): string => percent(share);
  const axis = upHeight;
  const below = axis + labelHeight;
  const textX = visit.dir === 'rtl' ? '100%' : '0';
  const gridText = visit.dir === 'rtl' ? html` text-anchor="end"` : undefined;
  return html`<svg class="plot" width="100%" height="${axis + labelHeight + downHeight}" role="img"
    aria-labelledby="days-text" direction="ltr">
    <title id="days-text">${visit.t('home.deliveries.plot', {
      most,
      mostFailed: Math.max(0, ...days.map(({ failed }) => failed)),
    })}</title>
    <defs>
      <pattern id="fail" class="tone" data-tone="stop" width="5" height="5" patternUnits="userSpaceOnUse"
        patternTransform="rotate(45)"><path d="M1 0V5" stroke="currentColor" stroke-width="2"/></pattern>
      <pattern id="so-far" class="tone" data-tone="done" width="5" height="5" patternUnits="userSpaceOnUse"
        patternTransform="rotate(-45)"><path d="M1 0V5" stroke="currentColor" stroke-width="1.5"/></pattern>
    </defs>
    ${up
      .ticks(3)
      .filter((tick) => tick > 0 && Number.isInteger(tick))
      .map((tick) => {
        const y = axis - up(tick);
        return html`<line class="grid" x1="0%" x2="100%" y1="${y}" y2="${y}"/><text x="${textX}"
          y="${y - 4}"${gridText}>${visit.number(tick)}</text>`;
      })}
    ${down
      .ticks(1)
      .filter((tick) => tick > 0 && Number.isInteger(tick) && days.some(({ failed }) => failed > 0))
      .map((tick) => {
        const y = below + down(tick);
        return html`<line class="grid" x1="0%" x2="100%" y1="${y}" y2="${y}"/><text x="${textX}"
          y="${y - 4}"${gridText}>${visit.number(tick)}</text>`;
      })}
    ${days.map(({ day, delivered, failed }, index) => {
      const isToday = index === days.length - 1;
      const place = html`x="${x(left(index) + width * 0.16)}" width="${x(width * 0.68)}"`;
      const fill = isToday ? html`fill="url(#so-far)" stroke="currentColor"` : html`fill="currentColor"`;
      return html`${
        delivered > 0
        && html`<g class="tone" data-tone="done"><rect ${place}
        y="${round(axis - up(delivered))}" height="${round(up(delivered))}"
          ${fill}><title>${visit.t('home.deliveries.delivered', {
            day: dayText(day),
            count: delivered,
          })}</title></rect></g>`
      }
        <text x="${x(left(index) + width / 2)}" y="${axis + 18}" text-anchor="middle">${Number(day.slice(8))}</text>
        ${
          failed > 0
          && html`<g class="tone" data-tone="stop"><rect ${place} y="${below}"
          height="${round(down(failed))}" fill="url(#fail)"
            stroke="currentColor"><title>${visit.t('home.deliveries.failedOn', {
              day: dayText(day),
              count: failed,
            })}</title></rect></g>`
        }`;
    })}
    <line class="axis" x1="0%" x2="100%" y1="${axis}" y2="${axis}"/>
  </svg>`;
}

function percent(share: number): string {
  return `${round(share * 100)}%`;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
