import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Access, Authorized } from '../../core/authorized.ts';
import type { Log } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import type { Action, Route } from '../../wire/route.ts';
import { parseInput } from './errors.ts';
import { begun, sendEvents } from './events.ts';
import { withForm } from './form.ts';
import { bearerToken } from './guard.ts';
import type { AnyHandler, ServedFile } from './handlers.ts';

export interface ServeDeps {
  /** Who the token belongs to, and that they may do the action; throws otherwise. */
  readonly admit: (token: string | undefined, action: Action) => Promise<Authorized<Access>>;
  /** Aborted when the server stops. */
  readonly signal: AbortSignal;
  readonly log: Log;
}

function inputOf(route: Route, request: FastifyRequest): object {
  return {
    ...(route.params === undefined ? {} : { params: parseInput(route.params, request.params, 'path') }),
    ...(route.query === undefined ? {} : { query: parseInput(route.query, request.query, 'query') }),
    ...(route.body === undefined ? {} : { body: parseInput(route.body, request.body ?? {}, 'body') }),
  };
}

async function sendFile(reply: FastifyReply, file: ServedFile): Promise<void> {
  // Uploaded bytes are never shown inside our origin: always a download, never sniffed, never active.
  const name = encodeURIComponent(file.filename).replace(/'/g, '%27');
  await reply
    .header('content-type', file.contentType)
    .header('content-length', file.sizeBytes)
    .header('content-disposition', `attachment; filename*=UTF-8''${name}`)
    .header('content-security-policy', 'sandbox')
    .send(Readable.from(file.bytes));
}

function ownHeaders(reply: FastifyReply): Record<string, string> {
  return Object.fromEntries(Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)]));
}

/** Serves one route: admit, parse, run the use case, answer as the route says. Nothing is read before the caller is admitted. */
export function serveRoute(route: Route, run: AnyHandler, { admit, signal, log }: ServeDeps) {
  const admitted = new WeakMap<FastifyRequest, Authorized<Access>>();
  const onRequest = async (request: FastifyRequest): Promise<void> => {
    admitted.set(request, await admit(bearerToken(request), route.action));
  };
  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const access = admitted.get(request);
    if (access === undefined) throw new AppError('internal', 'A request came past its admission.');
    const input = inputOf(route, request);
    const answer =
      route.form === undefined
        ? run(access, input, signal)
        : await withForm(request, route.form, async (received) =>
            run(access, { ...input, ...received }, signal),
          );
    switch (route.answers) {
      case 'json':
        await reply.status(route.status).send(route.response.parse(await answer));
        return;
      case 'bytes':
        await sendFile(reply, (await answer) as ServedFile);
        return;
      case 'events': {
        const events = await begun(answer as AsyncIterable<{ kind: string }>);
        const headers = ownHeaders(reply);
        reply.hijack();
        await sendEvents(reply.raw, events, headers, log);
      }
    }
  };
  return { onRequest, handler };
}
