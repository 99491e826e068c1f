import { dateFormat, type DateShape } from '../../text/date-format.ts';
import { html, type Html } from '../../page-kit/html.ts';

const shapes = {
  moment: { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' },
  second: { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
  day: { day: 'numeric', month: 'long', year: 'numeric' },
  full: { dateStyle: 'full', timeStyle: 'long' },
} as const satisfies Record<string, DateShape>;

const steps = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** Further away a number of days says nothing: the day itself does. */
const farSeconds = 60 * 86_400;

/** How moments are written for one reader. */
export class Moments {
  readonly #region: string;
  readonly #timezone: string;
  readonly #now: Date;
  readonly #justNow: () => string;

  /**
   * @param region a language tag, with a region where there is one
   * @param justNow what is less than a minute ago
   */
  constructor(parts: { region: string; timezone: string; now: Date; justNow: () => string }) {
    this.#region = parts.region;
    this.#timezone = parts.timezone;
    this.#now = parts.now;
    this.#justNow = parts.justNow;
  }

  /** An instant (ISO 8601): day and time. */
  date(iso: string): Html {
    return this.#time(iso, this.#format(shapes.moment).format(new Date(iso)));
  }

  /** An instant (ISO 8601): the day alone. */
  day(iso: string): Html {
    return this.#time(iso, this.#format(shapes.day).format(new Date(iso)));
  }

  /** An instant (ISO 8601): a short day and the time to the second, for logs. */
  second(iso: string): Html {
    return this.#time(iso, this.#format(shapes.second).format(new Date(iso)));
  }

  /** How long ago an instant was, or how long it is until then; the whole date is in its title. */
  ago(iso: string): Html {
    const seconds = (Date.parse(iso) - this.#now.getTime()) / 1000;
    const [unit, length] = steps.find(([, one]) => Math.abs(seconds) >= one) ?? ['minute', 60];
    if (Math.abs(seconds) > farSeconds) return this.day(iso);
    if (Math.abs(seconds) < 60) return this.#time(iso, this.#justNow());
    const format = new Intl.RelativeTimeFormat(this.#region, { numeric: 'auto' });
    return this.#time(iso, format.format(Math.trunc(seconds / length), unit));
  }

  #format(shape: DateShape): Intl.DateTimeFormat {
    return dateFormat(this.#region, shape, this.#timezone);
  }

  #time(iso: string, text: string): Html {
    return html`<time datetime="${iso}" title="${this.#format(shapes.full).format(new Date(iso))}">${text}</time>`;
  }
}
