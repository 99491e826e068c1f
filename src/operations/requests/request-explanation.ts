import type { RequestLogEntry } from '../../domain/request-log.ts';

/** Why a call ended as it did, in one word each: the console has the sentences. */
export interface RequestExplanation {
  /**
   * What came: `create`, `replace`, `change`, `delete`, `look`, `search`, `bulk`, `token`, `endSessions` or `other`.
   */
  readonly came: string;
  /** Why it was refused, or what was made of it. */
  readonly why: string;
  /** What is to be changed at the caller; absent where nothing is. */
  readonly mend?: string;
  /** The attribute or path that the refusal is about, where its detail names one. */
  readonly about?: string;
}

const byOutcome: readonly string[] = [
  'unknownToken',
  'issuerKeys',
  'expiredToken',
  'revokedToken',
  'noCredentials',
  'malformedCredentials',
  'notServed',
  'forbidden',
  'tooMany',
];

const byScimType: readonly string[] = [
  'uniqueness',
  'invalidValue',
  'invalidFilter',
  'invalidPath',
  'invalidSyntax',
  'mutability',
  'noTarget',
  'tooMany',
  'sensitive',
  'expiredCursor',
];

const byStatus: Readonly<Record<number, string>> = {
  401: 'noCredentials',
  403: 'forbidden',
  404: 'notFound',
  405: 'method',
  409: 'uniqueness',
  412: 'version',
  413: 'tooLarge',
  415: 'mediaType',
  429: 'tooMany',
  501: 'notSupported',
  503: 'unavailable',
};

/** Explains a call of the request log. */
export function explainRequest(entry: RequestLogEntry): RequestExplanation {
  const came = cameOf(entry);
  if (entry.status < 400) {
    const left = entry.operations?.some(({ outcome }) => outcome === 'alreadyTrue') === true;
    const skipped = entry.skippedMembers !== undefined;
    const dropped = (entry.dropped?.length ?? 0) > 0;
    if (skipped) return { came, why: 'skippedMembers', mend: 'skippedMembers' };
    if (dropped) return { came, why: 'dropped', mend: 'dropped' };
    return { came, why: left ? 'alreadyTrue' : 'done' };
  }
  const { outcome = '', scimType = '', status } = entry;
  const why = byOutcome.includes(outcome)
    ? outcome
    : byScimType.includes(scimType)
      ? scimType
      : (byStatus[status] ?? (status >= 500 ? 'ours' : 'refused'));
  const about = aboutOf(entry.detail);
  return { came, why, mend: why, ...(about === undefined ? {} : { about }) };
}

/** Details are read no further than this. */
const longestRead = 500;

/** The attribute that a detail begins with, behind the number of its operation if any; without its schema's URN. */
function aboutOf(detail = ''): string | undefined {
  const said = detail.slice(0, longestRead).replace(/^Operations\[\d{1,4}\]: /, '');
  const [, quoted, plain] =
    /^"([^"\s]{1,200})" names no attribute\b/.exec(said)
    ?? /^()([A-Za-z$][\w$.:[\]-]{0,250})(?:: |\s(?:is|must|may|can|cannot|has|names)\s)/.exec(said)
    ?? [];
  const named = quoted !== undefined && quoted !== '' ? quoted : plain;
  if (named === undefined || (named === said.split(' ', 1)[0] && /^[A-Z][a-z]+$/.test(named))) return undefined;
  return /^urn:.*:([^:]+)$/i.exec(named)?.[1] ?? named;
}

function cameOf({ method, path }: RequestLogEntry): string {
  if (/^\/oauth\/token\b/i.test(path)) return 'token';
  if (/^\/oauth\/global-token-revocation\b/i.test(path)) return 'endSessions';
  if (/^\/Bulk\b/i.test(path)) return 'bulk';
  switch (method) {
    case 'POST':
      return /\.search$/i.test(path) ? 'search' : 'create';
    case 'PUT':
      return 'replace';
    case 'PATCH':
      return 'change';
    case 'DELETE':
      return 'delete';
    default:
      return /^\/(?:Users|Groups)\/[^/]+$/i.test(path) ? 'look' : 'search';
  }
}
