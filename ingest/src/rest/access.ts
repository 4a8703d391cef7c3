import { createHash, timingSafeEqual } from 'node:crypto';
import { JostleError } from '@jostle/contracts';
import type { FastifyRequest } from 'fastify';

/** Refuses requests that may not be answered; runs before anything of the body is read. */
export type AccessCheck = (request: FastifyRequest) => void;

/**
 * Routes that hold nothing to protect: health, documentation and the console's own files. They are matched as they
 * were declared, not as they were asked for: an address can be written in more than one way.
 */
const OPEN_ROUTES = /^\/(healthz|readyz|openapi\.json|docs(\/.*)?|\*)?$/;

/**
 * Bearer key for all but the open routes.
 * Keys are compared by their hashes in constant time: neither length nor content leaks through the answer's delay.
 */
export function apiKeyCheck(apiKey: string): AccessCheck {
  const expected = sha256(apiKey);
  return (request) => {
    const route = request.routeOptions.url;
    if (route === undefined || OPEN_ROUTES.test(route)) return;
    const [, given = ''] = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '') ?? [];
    if (!timingSafeEqual(sha256(given), expected))
      throw new JostleError('REST_UNAUTHORISED', 'Send the API key as `Authorization: Bearer KEY`');
  };
}

/**
 * Without a key only this machine's own pages and programs are answered: a page of the web that a browser on this
 * machine shows is stopped by its Origin, and one whose name was pointed at 127.0.0.1 (DNS rebinding) by its Host.
 */
export const loopbackCheck: AccessCheck = (request) => {
  const host = request.headers.host ?? '';
  const origin = request.headers.origin;
  if (!isLoopback(host))
    throw new JostleError(
      'REST_ORIGIN_REFUSED',
      'Without an API key use http://localhost or http://127.0.0.1',
    );
  if (origin !== undefined && origin !== `http://${host}`)
    throw new JostleError('REST_ORIGIN_REFUSED', `Pages of ${origin} are not answered without an API key`);
};

function isLoopback(host: string): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i.test(host);
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
