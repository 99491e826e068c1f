/* global performance */
// Loaded by `node --import` into a Latchkey that tests start: makes its timers run `HASTE` times as fast, and with
// `HASTE_DATE=1` its clock too.
const haste = Number(process.env.HASTE ?? 1);
const from = Number(process.env.HASTE_FROM ?? Date.now());
const RealDate = Date;
const realNow = Date.now.bind(Date);
const realElapsed = performance.now.bind(performance);
const realTimeout = globalThis.setTimeout;

performance.now = () => realElapsed() * haste;
globalThis.setTimeout = Object.assign((run, ms = 0, ...rest) => realTimeout(run, ms / haste, ...rest), realTimeout);
if (process.env.HASTE_DATE === '1') {
  const now = () => from + Math.floor((realNow() - from) * haste);
  globalThis.Date = class extends RealDate {
    constructor(...parts) {
      if (parts.length === 0) super(now());
      else super(...parts);
    }
    static now() {
      return now();
    }
  };
}
