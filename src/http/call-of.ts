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
  const agent = headers['user-agent']?.replace(/[\p{C}]/gu, '').slice(0, longestAgent);
  const [locale] = languageWishes(headers['accept-language']);
  return {
    requestId,
    isOver: () => isOverdue(request),
    ...(address === '' ? {} : { address }),
    ...(agent === undefined || agent === '' ? {} : { agent }),
    ...(locale === undefined ? {} : { locale }),
  };
}
