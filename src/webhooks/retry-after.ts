/** A server that asks for more than this is asked again all the same. */
const longestMs = 24 * 3_600_000;
/** RFC 9110 §5.6.7: the form that servers send, and the two obsolete ones that are still to be understood. */
const httpDates = [
  /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} [\d:]{8} GMT$/,
  /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} [\d:]{8} GMT$/,
  /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d [\d:]{8} \d{4}$/,
];

/**
 * Reads a `Retry-After` (RFC 9110 §10.2.3), in seconds or as an HTTP date.
 * @returns milliseconds from now, at most a day; undefined for what is neither
 */
export function readRetryAfter(header: string, now: Date): number | undefined {
  const text = header.trim();
  const ms = /^\d+$/.test(text)
    ? Number(text) * 1000
    : httpDates.some((form) => form.test(text))
      ? instantOf(text) - now.getTime()
      : Number.NaN;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(0, ms), longestMs);
}

/** The last of the three forms names no zone, and means UTC as the others do. */
function instantOf(date: string): number {
  return Date.parse(date.endsWith('GMT') ? date : `${date} GMT`);
}
