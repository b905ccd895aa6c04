import type { FastifyRequest } from 'fastify';
import { AppError } from '../../core/errors.ts';

export const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Name of a host header or origin without its port, lower case; `undefined` when it is not a plain host. */
export function hostName(host: string): string | undefined {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::\d{1,5})?$/.exec(host.toLowerCase());
  return match?.[1];
}

/**
 * Refuses requests that a web page of somebody else could cause (DNS rebinding, cross-site calls): the Host must be
 * loopback or an allowed name and stand there once, and an Origin, where a browser sends one, must be our own.
 */
export function guard(allowedHosts: readonly string[]): (request: FastifyRequest) => void {
  const allowed = new Set([...LOOPBACK, ...allowedHosts]);
  return (request) => {
    const hosts = request.raw.headersDistinct['host'] ?? [];
    if (hosts.length !== 1) throw new AppError('invalid-input', 'Expected one Host header.');
    const host = hostName(request.host ?? '');
    if (host === undefined || !allowed.has(host)) {
      throw new AppError(
        'forbidden',
        'The Host header names another host. Use localhost, or add the name to JIWA_ALLOWED_HOSTS.',
      );
    }
    const { origin } = request.headers;
    if (origin === undefined) return;
    const own = `${request.protocol}://${request.host ?? ''}`.toLowerCase();
    if (origin.toLowerCase() !== own)
      throw new AppError('forbidden', 'Calls from other web pages are not allowed.');
  };
}
