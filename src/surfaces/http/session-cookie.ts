import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../core/errors.ts';
import { LOOPBACK, hostName } from './guard.ts';

/**
 * The name makes browsers hold the cookie to this host, HTTPS and every path (RFC 6265bis §4.1.3.2). On this machine's own
 * loopback, which no network sees, HTTPS is not asked for, and the name could not be used.
 */
const NAME = { https: '__Host-jiwa', loopback: 'jiwa' } as const;
/** The server ends sessions; the browser keeps the cookie as long as the longest one can last. */
const LONGEST_S = 30 * 24 * 60 * 60;
const ALWAYS = { path: '/', httpOnly: true, sameSite: 'lax' } as const;

function way(request: FastifyRequest): keyof typeof NAME | undefined {
  if (request.protocol === 'https') return 'https';
  return LOOPBACK.has(hostName(request.host) ?? '') ? 'loopback' : undefined;
}

/** The secret of the browser session, if the request carries one. */
export function sessionSecret(request: FastifyRequest): string | undefined {
  const known = way(request);
  return known && request.cookies[NAME[known]];
}

/** Refuses to take a password that others on the network could read. Throws `forbidden`. */
export function refusePlainSignIn(request: FastifyRequest): void {
  if (way(request) !== undefined) return;
  throw new AppError(
    'forbidden',
    'Signing in needs HTTPS, or http://localhost on this machine. See docs/access.md for a reverse proxy with TLS.',
  );
}

/** Gives the browser its session, or takes it away. */
export function setSession(request: FastifyRequest, reply: FastifyReply, secret: string | undefined): void {
  const known = way(request);
  if (known === undefined) return;
  const secure = known === 'https';
  const ends = secret === undefined ? { expires: new Date(0) } : { maxAge: LONGEST_S };
  void reply.setCookie(NAME[known], secret ?? '', { ...ALWAYS, secure, ...ends });
}
