import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Access, Authorized } from '../../core/authorized.ts';
import type { Log } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import type { Route } from '../../wire/route.ts';
import { type AuditEvent, type Door, admitRequest } from './admit-request.ts';
import { clientGone } from './client-gone.ts';
import { parseInput } from './errors.ts';
import { type StreamedEvent, begun, sendEvents } from './events.ts';
import { withForm } from './form.ts';
import type { AnyHandler, Listening, ServedFile } from './handlers.ts';
import { ownHeaders } from './send-frames.ts';
import { refusePlainSignIn, setSession } from './session-cookie.ts';
import { whileAllowed } from './while-allowed.ts';

export interface ServeDeps extends Door {
  /** Aborted when the server stops. */
  readonly signal: AbortSignal;
  readonly log: Log;
}

/** The parts of a request that a route knows, parsed. */
export function inputOf(
  route: Route,
  request: Partial<Pick<FastifyRequest, 'params' | 'query' | 'body'>>,
): object {
  return {
    ...(route.params === undefined ? {} : { params: parseInput(route.params, request.params, 'path') }),
    ...(route.query === undefined ? {} : { query: parseInput(route.query, request.query, 'query') }),
    ...(route.body === undefined ? {} : { body: parseInput(route.body, request.body ?? {}, 'body') }),
  };
}

const LAST_EVENT_ID = /^[\w.-]{1,100}$/;

function listening(request: FastifyRequest, reply: FastifyReply): Listening {
  const given = request.headers['last-event-id'];
  const lastEventId = typeof given === 'string' && LAST_EVENT_ID.test(given) ? given : undefined;
  return { lastEventId, detached: clientGone(reply.raw) };
}

async function sendFile(reply: FastifyReply, file: ServedFile, signal: AbortSignal): Promise<void> {
  // Uploaded bytes are never shown inside our origin: always a download, never sniffed, never active.
  const name = encodeURIComponent(file.filename).replace(/'/g, '%27');
  if (file.sizeBytes !== undefined) void reply.header('content-length', file.sizeBytes);
  await reply
    .header('content-type', file.contentType)
    .header('content-disposition', `attachment; filename*=UTF-8''${name}`)
    .header('content-security-policy', 'sandbox')
    .send(Readable.from(whileAllowed(file.bytes, signal)));
}

/** What the audit log gets of a success: the last id of the path, and counts of what a deletion removed. */
export function auditEvent(
  event: string,
  request: Partial<Pick<FastifyRequest, 'params'>>,
  answer: unknown,
): AuditEvent {
  const subject = Object.values((request.params ?? {}) as Record<string, string>).at(-1);
  const { removed } = (answer ?? {}) as { readonly removed?: Readonly<Record<string, number>> | string };
  // A name of what was removed is the subject already.
  const counts = typeof removed === 'string' ? undefined : removed;
  return {
    event,
    ...(subject === undefined ? {} : { subject }),
    ...(counts === undefined ? {} : { counts }),
  };
}

/** Serves one route: admit, parse, run the use case, answer as the route says. Nothing is read before the caller is admitted. */
export function serveRoute(route: Route, run: AnyHandler, deps: ServeDeps) {
  const admitted = new WeakMap<FastifyRequest, Authorized<Access>>();
  const onRequest = async (request: FastifyRequest): Promise<void> => {
    if (route.session === 'begins') refusePlainSignIn(request);
    admitted.set(request, await admitRequest(request, route, deps));
  };
  const send = async (
    answer: unknown,
    [request, reply]: readonly [FastifyRequest, FastifyReply],
    permission: AbortSignal,
  ): Promise<void> => {
    switch (route.answers) {
      case 'json': {
        if (route.session) {
          setSession(request, reply, (answer as { readonly sessionSecret?: string }).sessionSecret);
        }
        await reply.status(route.status).send(route.response.parse(answer));
        return;
      }
      case 'bytes':
        await sendFile(reply, answer as ServedFile, permission);
        return;
      case 'events': {
        const events = await begun(whileAllowed(answer as AsyncIterable<StreamedEvent>, permission));
        const headers = ownHeaders(reply);
        reply.hijack();
        await sendEvents(reply.raw, events, headers, deps.log);
      }
    }
  };
  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const access = admitted.get(request);
    if (access === undefined) throw new AppError('internal', 'A request came past its admission.');
    const input = {
      ...inputOf(route, request),
      ...(route.answers === 'events' ? listening(request, reply) : {}),
    };
    const watched = deps.watch(access, route.action);
    const signal = AbortSignal.any([deps.signal, watched.signal]);
    try {
      const answer =
        route.form === undefined
          ? await run(access, input, signal)
          : await withForm(request, route.form, async (received) =>
              run(access, { ...input, ...received }, signal),
            );
      if (route.audit !== undefined) await deps.record(access, auditEvent(route.audit, request, answer));
      await send(answer, [request, reply], watched.signal);
    } finally {
      watched.end();
    }
  };
  return { onRequest, handler };
}
