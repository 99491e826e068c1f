// Loaded by `node --import` into a Latchkey that tests start: puts its clock `CLOCK_AHEAD_MS` milliseconds ahead.
const ahead = Number(process.env.CLOCK_AHEAD_MS ?? 0);
const RealDate = Date;
const realNow = Date.now.bind(Date);

globalThis.Date = class extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(realNow() + ahead);
    else super(...parts);
  }
  static now() {
    return realNow() + ahead;
  }
};
