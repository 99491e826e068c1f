/** How many of one kind pass in a minute, how many of all kinds, and how many of all in an hour are to be kept. */
export interface FloodLimits {
  readonly perKind: number;
  readonly perMinute: number;
  readonly keptPerHour: number;
}

const minuteMs = 60_000;
const hourMs = 3_600_000;

const defaultLimits: FloodLimits = { perKind: 30, perMinute: 120, keptPerHour: 1200 };

/** What may become of one more. */
export interface Admission {
  /** Whether it is told at all. */
  readonly passes: boolean;
  /** Whether it is kept in the store as well. */
  readonly isKept: boolean;
  /** How many were not told since the last one that was. */
  readonly withheld: number;
}

/**
 * Lets through what is worth a line each, and no flood: what strangers cause may fill neither a log nor a store.
 * Remembers a minute's kinds, at most as many as pass.
 */
export class FloodGate {
  readonly #limits: FloodLimits;
  readonly #now: () => number;
  #minute = 0;
  #hour = 0;
  #passed = 0;
  #kept = 0;
  #withheld = 0;
  #kinds = new Map<string, number>();

  /** @param now milliseconds */
  constructor(now: () => number, limits: FloodLimits = defaultLimits) {
    this.#now = now;
    this.#limits = limits;
  }

  /** @param kind what is counted together, such as an outcome and an address */
  admit(kind: string): Admission {
    this.#turn();
    const { perKind, perMinute, keptPerHour } = this.#limits;
    const seen = this.#kinds.get(kind) ?? 0;
    if (this.#passed >= perMinute || seen >= perKind) {
      this.#withheld += 1;
      return { passes: false, isKept: false, withheld: this.#withheld };
    }
    this.#kinds.set(kind, seen + 1);
    this.#passed += 1;
    const isKept = this.#kept < keptPerHour;
    if (isKept) this.#kept += 1;
    const withheld = this.#withheld;
    this.#withheld = 0;
    return { passes: true, isKept, withheld };
  }

  #turn(): void {
    const now = this.#now();
    const [minute, hour] = [Math.floor(now / minuteMs), Math.floor(now / hourMs)];
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#passed = 0;
      this.#kinds = new Map();
    }
    if (hour !== this.#hour) {
      this.#hour = hour;
      this.#kept = 0;
    }
  }
}
