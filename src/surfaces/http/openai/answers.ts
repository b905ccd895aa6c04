import type { IncomingHttpHeaders } from 'node:http';
import type { Access, Authorized } from '../../../core/authorized.ts';
import { AppError } from '../../../core/errors.ts';
import { newId } from '../../../core/ids.ts';
import type {
  CompletionEvent,
  ModelMessage,
  CompletionModel,
  CompletionRequest,
} from '../../../wire/completion.ts';
import type { OpenAiBody, OpenAiRouteName } from '../../../wire/openai-routes.ts';
import type { RunningWork } from '../running-work.ts';
import type { Frames } from '../send-frames.ts';
import { whileAllowed } from '../while-allowed.ts';
import { answered } from './answered-conversation.ts';
import { begun } from './begun.ts';
import { chatChunks, chatCompletion } from './chat-answer.ts';
import { chatRequest } from './chat-request.ts';
import { embeddingList, textsOf } from './embeddings.ts';
import { errorObject } from './errors.ts';
import { jiwaExtra, jiwaHeaders } from './jiwa-extra.ts';
import { type KeptResponses, keptResponses } from './kept-responses.ts';
import type { OpenAiHandlers } from './open-ai-handlers.ts';
import { responseEvents, wholeResponse } from './response-events.ts';
import { itemId } from './response-items.ts';
import { conversationOf, responseRequest } from './responses-request.ts';

/** A request that was let in and parsed. */
export interface OpenAiCall<N extends OpenAiRouteName> {
  readonly access: Authorized<Access>;
  readonly body: OpenAiBody<N>;
  readonly headers: IncomingHttpHeaders;
  /** What stands for the `*` of the path. */
  readonly rest: string;
  /** Aborted when the client is gone, the permission is taken away, or the server stops. */
  readonly signal: AbortSignal;
}

export type OpenAiAnswer =
  | { readonly kind: 'json'; readonly body: unknown; readonly headers?: Readonly<Record<string, string>> }
  | ({ readonly kind: 'frames' } & Frames);

export type OpenAiAnswers = {
  readonly [N in OpenAiRouteName]: (call: OpenAiCall<N>) => Promise<OpenAiAnswer>;
};

/** What happens while a model has nothing to say yet. */
export interface Waiting {
  /** After so long a stream begins without knowing how it goes on; later errors come inside it. */
  readonly patienceMs: number;
  /** Every so long a comment goes out. */
  readonly keepAliveMs: number;
}

const WAITING: Waiting = { patienceMs: 10_000, keepAliveMs: 15_000 };

const seconds = (ms: number) => Math.floor(ms / 1000);

function modelView({ id, createdAt, ownedBy }: CompletionModel) {
  return { id, object: 'model', created: seconds(createdAt), owned_by: ownedBy };
}

function asked(
  { access, signal }: Pick<OpenAiCall<OpenAiRouteName>, 'access' | 'signal'>,
  request: CompletionRequest,
  { handlers, track }: Behind,
): AsyncIterable<CompletionEvent> {
  return whileAllowed(handlers.complete(access, request, signal), signal, track);
}

/** What the paths share. */
interface Behind {
  readonly handlers: OpenAiHandlers;
  readonly waiting: Waiting;
  readonly kept: KeptResponses;
  readonly track: RunningWork['track'];
}

interface Encoding extends Pick<Frames, 'failure'> {
  readonly encode: (events: AsyncIterable<CompletionEvent>) => AsyncIterable<string>;
}

/** A stream once it is known how it begins. */
async function framed(
  events: AsyncIterable<CompletionEvent>,
  { encode, failure }: Encoding,
  { patienceMs, keepAliveMs }: Waiting,
): Promise<OpenAiAnswer> {
  const { first, events: all } = await begun(events, patienceMs);
  const extra = first?.kind === 'start' ? jiwaExtra(first) : undefined;
  return { kind: 'frames', frames: encode(all), headers: jiwaHeaders(extra), keepAliveMs, failure };
}

async function chatCompletions(call: OpenAiCall<'chatCompletions'>, behind: Behind): Promise<OpenAiAnswer> {
  const { body, headers } = call;
  const events = asked(call, chatRequest(body, headers), behind);
  const id = `chatcmpl-${newId().replaceAll('-', '')}`;
  const head = { id, created: seconds(Date.now()), model: body.model };
  if (body.stream === true) {
    const includeUsage = body.stream_options?.include_usage === true;
    const failure = (error: AppError) => `data: ${JSON.stringify({ error: errorObject(error) })}\n\n`;
    const encode: Encoding['encode'] = (all) => chatChunks(head, all, includeUsage);
    return framed(events, { encode, failure }, behind.waiting);
  }
  const completion = await chatCompletion(head, events);
  return { kind: 'json', body: completion, headers: jiwaHeaders(completion.jiwa) };
}

/** The conversation a response goes on from: nothing may come back that was forgotten since. */
async function continued(
  { body, access, signal }: OpenAiCall<'responses'>,
  { handlers, kept }: Behind,
): Promise<readonly ModelMessage[]> {
  const { previous_response_id: id } = body;
  if (id === undefined) return [];
  const found = kept.find(id, access.ownerId);
  if (found && !(await handlers.forgotSince(access, found.askedAt, signal))) return found.messages;
  throw new AppError(
    'not-found',
    `There is no response ${id} to continue: they are kept for an hour, and until something is forgotten. Send the whole conversation as input.`,
    { details: { param: 'previous_response_id' } },
  );
}

async function responses(call: OpenAiCall<'responses'>, behind: Behind): Promise<OpenAiAnswer> {
  const { body, headers, access } = call;
  const { waiting, kept } = behind;
  const askedAt = Date.now();
  const messages = conversationOf(await continued(call, behind), body);
  const head = { id: itemId('resp'), created: seconds(askedAt), body };
  const keep = (answer: readonly ModelMessage[]) => {
    if (body.store === false) return;
    kept.keep(head.id, access.ownerId, { messages: [...messages, ...answer], askedAt });
  };
  const events = answered(asked(call, responseRequest(body, messages, headers), behind), keep);
  if (body.stream === true) {
    const encode: Encoding['encode'] = (all) => responseFrames(head, all);
    return framed(events, { encode, failure: responseFailure }, waiting);
  }
  const response = await wholeResponse(head, events);
  return { kind: 'json', body: response, headers: jiwaHeaders(response.jiwa) };
}

async function* responseFrames(
  head: Parameters<typeof responseEvents>[0],
  events: AsyncIterable<CompletionEvent>,
): AsyncIterable<string> {
  for await (const event of responseEvents(head, events))
    yield `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}

function responseFailure(error: AppError): string {
  const { message, code, param } = errorObject(error);
  const event = { type: 'error', message, code, param, error: errorObject(error) };
  return `event: error\ndata: ${JSON.stringify(event)}\n\n`;
}

/** How each path is answered, over the bound use cases. */
export function openAiAnswers(
  handlers: OpenAiHandlers,
  track: RunningWork['track'],
  waiting: Waiting = WAITING,
): OpenAiAnswers {
  const behind: Behind = { handlers, waiting, track, kept: keptResponses(Date.now) };
  return {
    async models({ access, signal }) {
      const models = await handlers.listModels(access, signal);
      return { kind: 'json', body: { object: 'list', data: models.map(modelView) } };
    },
    async model({ access, rest, signal }) {
      const model = (await handlers.listModels(access, signal)).find(({ id }) => id === rest);
      if (model !== undefined) return { kind: 'json', body: modelView(model) };
      throw new AppError('not-found', `There is no model ${rest}; GET /v1/models lists those there are.`, {
        details: { model: rest },
      });
    },
    chatCompletions: (call) => chatCompletions(call, behind),
    responses: (call) => responses(call, behind),
    async embeddings({ access, body, signal }) {
      const embedded = await handlers.embed(access, { model: body.model, texts: textsOf(body) }, signal);
      return { kind: 'json', body: embeddingList(body, embedded) };
    },
  };
}
