/** One opening of a mailed link: what the request says of itself, and what we know of the moment. */
export interface Visit {
  readonly method: string;
  readonly userAgent?: string | undefined;
  readonly accept?: string | undefined;
  readonly acceptLanguage?: string | undefined;
  /** `Sec-Fetch-Mode`: `navigate` where a browser opens a page. */
  readonly fetchMode?: string | undefined;
  /**
   * `Sec-Purpose`, or what came before it (`Purpose`, `X-Purpose`, `X-Moz`): the user has not asked to see the page
   * yet.
   */
  readonly purpose?: string | undefined;
  /** Since a server took the message. */
  readonly secondsSinceSent: number;
  /** How many different links of ours the same address has opened within this second. */
  readonly linksAtOnce: number;
}

/** Who opened a link in all likelihood. */
export interface VisitJudgement {
  readonly verdict: 'person' | 'scanner';
  /** What speaks for a scanner; empty for a person. */
  readonly reasons: readonly string[];
}

/** The least time, in seconds, in which a person can find, read and follow a mail. */
const quickestReader = 2;
/** People share an address, but not a second. */
const mostLinksAtOnce = 2;

const browser = /^(Mozilla|Opera)\/\d/;
const robot = new RegExp(
  [
    String.raw`bot\b|crawl|spider|scan|preview|prefetch|headless|phantom|monitor|validator|\bproxy|safelinks`,
    'urldefense|barracuda|mimecast|proofpoint|messagelabs|symantec|trendmicro|fireeye|trellix|forcepoint|ironport',
    'sophos|zscaler|kaspersky|bitdefender|facebookexternalhit|whatsapp|skypeuri|curl|wget|python',
    String.raw`\bjava/|okhttp|go-http|libwww|httpclient|axios|node-fetch|undici`,
  ].join('|'),
  'i',
);

/** Each tells, of an opening that it would not expect of a person, why. */
const signs: readonly ((visit: Visit) => string | false)[] = [
  ({ method }) => method !== 'GET' && `asked for by ${method}`,
  ({ purpose }) => purpose !== undefined && 'fetched in advance',
  ({ userAgent }) => (userAgent === undefined || !browser.test(userAgent)) && 'no browser',
  ({ userAgent = '' }) => robot.test(userAgent) && 'a program by its own account',
  ({ acceptLanguage }) => acceptLanguage === undefined && 'asks for no language',
  ({ accept }) => accept?.includes('text/html') !== true && 'does not ask for a page',
  ({ fetchMode = 'navigate' }) => fetchMode !== 'navigate' && 'not opened as a page',
  ({ secondsSinceSent }) => secondsSinceSent < quickestReader && 'sooner than anybody reads',
  ({ linksAtOnce }) => linksAtOnce > mostLinksAtOnce && 'one of many links at once',
];

/**
 * Tells who opened a link: one sign of a scanner is enough. Mail scanners that pass for people in every respect
 * exist, so nothing but the timeline may hang on it.
 */
export function judgeVisit(visit: Visit): VisitJudgement {
  const reasons = signs.map((sign) => sign(visit)).filter((reason) => reason !== false);
  return { verdict: reasons.length === 0 ? 'person' : 'scanner', reasons };
}
