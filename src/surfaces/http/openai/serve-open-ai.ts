import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Access, Authorized } from '../../../core/authorized.ts';
import { AppError } from '../../../core/errors.ts';
import { type OpenAiRoute, type OpenAiRouteName, openAiRoutes } from '../../../wire/openai-routes.ts';
import { admitRequest } from '../admit-request.ts';
import { clientGone } from '../client-gone.ts';
import { parseInput } from '../errors.ts';
import type { RunningWork } from '../running-work.ts';
import { ownHeaders, sendFrames } from '../send-frames.ts';
import type { ServeDeps } from '../serve-route.ts';
import { type OpenAiAnswer, type OpenAiCall, type Waiting, openAiAnswers } from './answers.ts';
import { sendOpenAiError } from './errors.ts';
import type { OpenAiHandlers } from './open-ai-handlers.ts';

export interface OpenAiDeps extends ServeDeps, Pick<RunningWork, 'track'> {
  readonly openAi: OpenAiHandlers;
  readonly openAiWaiting?: Waiting;
}

const PREFIX = '/v1';
/** Pictures come inside the body. */
const MAX_BODY_BYTES = 20_000_000;

async function send(reply: FastifyReply, answer: OpenAiAnswer, { log }: OpenAiDeps): Promise<void> {
  if (answer.kind === 'json') {
    await reply.headers(answer.headers ?? {}).send(answer.body);
    return;
  }
  const headers = { ...ownHeaders(reply), ...answer.headers };
  reply.hijack();
  await sendFrames(reply.raw, { ...answer, headers }, log);
}

type Run = (call: OpenAiCall<OpenAiRouteName>) => Promise<OpenAiAnswer>;

/** Serves one path: the same admission as every route of the API, then the protocol's own way of answering. */
function servePath(route: OpenAiRoute, run: Run, deps: OpenAiDeps) {
  const admitted = new WeakMap<FastifyRequest, Authorized<Access>>();
  const onRequest = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    void reply.header('cache-control', 'no-store');
    admitted.set(request, await admitRequest(request, route, deps));
  };
  const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const access = admitted.get(request);
    if (access === undefined) throw new AppError('internal', 'A request came past its admission.');
    const body = route.body && parseInput(route.body, request.body ?? {}, 'body');
    const { '*': rest = '' } = request.params as Readonly<Record<string, string>>;
    const watched = deps.watch(access, route.action);
    // Nobody pays for what nobody reads.
    const signal = AbortSignal.any([deps.signal, watched.signal, clientGone(reply.raw)]);
    try {
      const call = { access, body, headers: request.headers, rest, signal };
      await send(reply, await run(call as OpenAiCall<OpenAiRouteName>), deps);
    } finally {
      watched.end();
    }
  };
  const handler = (request: FastifyRequest, reply: FastifyReply) => deps.track(answer(request, reply));
  return { onRequest, handler };
}

/** Mounts the second route table below `/v1`, where errors have the protocol's form. */
export async function serveOpenAi(app: FastifyInstance, deps: OpenAiDeps): Promise<void> {
  const answers = openAiAnswers(deps.openAi, deps.track, deps.openAiWaiting);
  const mount = async (v1: FastifyInstance): Promise<void> => {
    v1.setErrorHandler((error, _request, reply) => sendOpenAiError(reply, error, deps.log));
    v1.setNotFoundHandler(({ method, url }, reply) => {
      const error = new AppError('not-found', `There is no ${method} ${url.split('?')[0]}.`);
      return sendOpenAiError(reply, error, deps.log);
    });
    for (const name of Object.keys(openAiRoutes) as OpenAiRouteName[]) {
      const route: OpenAiRoute = openAiRoutes[name];
      v1.route({
        method: route.method,
        url: route.path.slice(PREFIX.length),
        bodyLimit: MAX_BODY_BYTES,
        ...servePath(route, answers[name], deps),
      });
    }
  };
  await app.register(mount, { prefix: PREFIX });
}
