import type { Request } from 'express';
import type { SeenVisit } from '../../provisioning/messages/message-uses.ts';

/** Characters of a header field that are looked at. */
const longestField = 1000;

/**
 * What a request says of the visitor who opens a link; what tells a program from a person. Of each header field the
 * beginning counts.
 */
export function seenVisit(request: Request): SeenVisit {
  const field = (name: string) => request.get(name)?.slice(0, longestField);
  const purposes = ['Sec-Purpose', 'Purpose', 'X-Purpose', 'X-Moz'].map(field);
  return {
    method: request.method,
    userAgent: field('User-Agent'),
    accept: field('Accept'),
    acceptLanguage: field('Accept-Language'),
    fetchMode: field('Sec-Fetch-Mode'),
    purpose: purposes.find((purpose) => purpose !== undefined),
    address: request.ip,
  };
}
