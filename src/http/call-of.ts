import type { IncomingMessage } from 'node:http';
import { languageWishes } from '../text/language-wishes.ts';
import type { PresentCall } from '../domain/present-call.ts';
import { isOverdue } from './overdue-calls.ts';

/** Longer names of browsers and clients are cut. */
const longestAgent = 200;

/**
 * What the events of a request tell of it.
 * @param address empty where it is not known
 */
export function callOf(
  request: IncomingMessage,
  requestId: string,
  address: string,
): PresentCall & { readonly requestId: string } {
  const { headers } = request;
  const agent = agentOf(headers['user-agent']);
  const wishes = headers['accept-language'];
  const locale = wishes === undefined ? undefined : languageWishes(wishes)[0];
  return {
    requestId,
    isOver: () => isOverdue(request),
    ...(address === '' ? {} : { address }),
    ...(agent === undefined || agent === '' ? {} : { agent }),
    ...(locale === undefined ? {} : { locale }),
  };
}

/** Clients call with the same name again and again. */
let lastNamed = '';
let lastAgent = '';

function agentOf(named: string | undefined): string | undefined {
  if (named === undefined || named === lastNamed) return named && lastAgent;
  lastNamed = named;
  lastAgent = named.replace(/[\p{C}]/gu, '').slice(0, longestAgent);
  return lastAgent;
}
