import type { FastifyRequest } from 'fastify';
import type { Access, Authorized } from '../../core/authorized.ts';
import { AppError } from '../../core/errors.ts';
import type { Action, LimitName, Route } from '../../wire/route.ts';
import { sessionSecret } from './session-cookie.ts';

/** What stands between a request and a use case; bound by the composition root to the room of people. */
export interface Door {
  /** Who the secret belongs to, and that they may do the action (as often as they do); throws otherwise. */
  readonly admit: (
    secret: string | undefined,
    action: Action,
    circumstances?: {
      readonly space?: string | undefined;
      readonly address?: string | undefined;
      readonly limit?: LimitName | undefined;
    },
  ) => Promise<Authorized<Access>>;
  /** The signal is aborted within five seconds when the permission is taken away; `end` when the request has ended. */
  readonly watch: (
    access: Authorized<Access>,
    action: Action,
  ) => { readonly signal: AbortSignal; end(): void };
  /** Writes what was done into the audit log. */
  readonly record: (access: Authorized<Access>, event: AuditEvent) => Promise<void>;
}

export interface AuditEvent {
  readonly event: string;
  readonly subject?: string;
  readonly counts?: Readonly<Record<string, number>>;
}

const READING = new Set(['GET', 'HEAD']);

/** The token of `Authorization: Bearer <token>`. */
function bearerToken(request: FastifyRequest): string | undefined {
  return /^Bearer ([\x21-\x7e]{1,500})$/i.exec(request.headers.authorization ?? '')?.[1];
}

/** The one secret of a request, whichever way it came. A page of ours says so in a header that no form can send. */
function secretOf(request: FastifyRequest): string | undefined {
  if (request.headers.authorization !== undefined) return bearerToken(request);
  const secret = sessionSecret(request);
  if (secret !== undefined && !READING.has(request.method) && request.headers['jiwa-request'] === undefined) {
    throw new AppError('forbidden', 'A change by a signed-in browser needs the header `Jiwa-Request: page`.');
  }
  return secret;
}

/** The space named by `Jiwa-Space`, percent-encoded where it is not ASCII. */
function spaceOf(request: FastifyRequest): string | undefined {
  const named = request.headers['jiwa-space'];
  if (typeof named !== 'string') return undefined;
  try {
    return decodeURIComponent(named);
  } catch {
    throw new AppError('invalid-input', 'Expected the name of a space, percent-encoded, in `Jiwa-Space`.');
  }
}

/** Lets a request in, or throws: for every route of every door, before anything else of it is read. */
export async function admitRequest(
  request: FastifyRequest,
  route: Pick<Route, 'action' | 'limit'>,
  { admit }: Pick<Door, 'admit'>,
): Promise<Authorized<Access>> {
  const { action, limit } = route;
  const circumstances = { address: request.ip, limit, space: spaceOf(request) };
  return admit(action === 'public' ? undefined : secretOf(request), action, circumstances);
}
