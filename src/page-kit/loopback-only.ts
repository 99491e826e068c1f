import type { Request, RequestHandler } from 'express';
import ipaddr from 'ipaddr.js';
import { forwardedHeader } from '../network/forwarded-header.ts';

/** Passes only what comes from this very machine, and was meant for it; for everyone else the route does not exist. */
export const loopbackOnly: RequestHandler = (request, _response, next) => {
  next(isLoopbackRequest(request) ? undefined : 'route');
};

/**
 * The socket's address must be a loopback one; no proxy may be in between (it would make every visitor look local); and
 * the Host header must name this machine, so that a foreign name pointed at 127.0.0.1 (DNS rebinding) reads nothing.
 */
function isLoopbackRequest(request: Request): boolean {
  const proxied = forwardedHeader(request.headers) !== undefined;
  const host = URL.canParse(`http://${request.get('Host')}`) ? new URL(`http://${request.get('Host')}`).hostname : '';
  return (
    !proxied
    && isLoopbackAddress(request.socket.remoteAddress ?? '')
    && (host === 'localhost' || isLoopbackAddress(host.replace(/^\[|\]$/g, '')))
  );
}

function isLoopbackAddress(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';
}
