import type { Request } from 'express';
import type { SeenVisit } from '../provisioning/message-uses.ts';

/** What a request says of whoever opens a link; what tells a program from a person. */
export function seenVisit(request: Request): SeenVisit {
  const purposes = ['Sec-Purpose', 'Purpose', 'X-Purpose', 'X-Moz'].map((name) => request.get(name));
  return {
    method: request.method,
    userAgent: request.get('User-Agent'),
    accept: request.get('Accept'),
    acceptLanguage: request.get('Accept-Language'),
    fetchMode: request.get('Sec-Fetch-Mode'),
    purpose: purposes.find((purpose) => purpose !== undefined),
    address: request.ip,
  };
}
