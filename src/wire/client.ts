import type { z } from 'zod';
import { AppError, type ErrorCode } from '../core/errors.ts';
import { ErrorBody } from './common.ts';
import type { Route } from './route.ts';
import { type RouteInput, type RouteName, type RouteOutput, routes } from './routes.ts';
import { answerStream, serverEvents } from './answer-stream.ts';
import { type AnswerEvent, AskEvent, ImportResult } from './sessions.ts';
import { UploadResult } from './documents.ts';
import { JobStarted } from './system.ts';

export interface ClientOptions {
  readonly url: string;
  readonly token: string;
  /** Name or id of the space to work in; the first one by default. */
  readonly space?: string;
  /** The platform's `fetch` by default. */
  readonly fetch?: typeof fetch;
}

/** A file to upload with its form fields. */
export interface FileUpload {
  readonly filename: string;
  readonly body: Blob;
  readonly fields?: Readonly<Record<string, string | number | undefined>>;
}

/** Typed calls of the API: strict about what is sent, errors as the AppError the server meant. */
export interface Client {
  call<N extends RouteName>(name: N, input: RouteInput<N>, signal?: AbortSignal): Promise<RouteOutput<N>>;
  /** Events of an answer; a connection that is cut is taken up again. */
  send(
    sessionId: string,
    body: RouteInput<'sendMessage'>['body'],
    signal?: AbortSignal,
  ): AsyncIterable<AnswerEvent>;
  /** The same for another answer to the same message. */
  regenerate(
    messageId: string,
    body: RouteInput<'regenerate'>['body'],
    signal?: AbortSignal,
  ): AsyncIterable<AnswerEvent>;
  /** The same for a message said differently. */
  edit(
    messageId: string,
    body: RouteInput<'editMessage'>['body'],
    signal?: AbortSignal,
  ): AsyncIterable<AnswerEvent>;
  /** Events of an answer that nothing is kept of; an abort cancels it. */
  ask(body: RouteInput<'askStream'>['body'], signal?: AbortSignal): AsyncIterable<AskEvent>;
  upload(file: FileUpload, signal?: AbortSignal): Promise<UploadResult>;
  importHistory(file: FileUpload, signal?: AbortSignal): Promise<ImportResult>;
  original(documentId: string, signal?: AbortSignal): Promise<ReadableStream<Uint8Array>>;
  /** Everything of the space as a tar archive. */
  exportSpace(signal?: AbortSignal): Promise<ReadableStream<Uint8Array>>;
  importSpace(file: FileUpload, signal?: AbortSignal): Promise<JobStarted>;
  /** The whole installation as a tar archive. */
  backUp(signal?: AbortSignal, name?: string): Promise<ReadableStream<Uint8Array>>;
}

type Plain = Readonly<Record<string, string | number | boolean | undefined>>;

interface CallParts {
  readonly params?: Plain;
  readonly query?: Plain;
  readonly body?: unknown;
}

/** The address of a route with its parameters filled in. */
function routeUrl(base: string, route: Pick<Route, 'path'>, parts: CallParts): string {
  const path = route.path.replace(/:(\w+)/g, (_, name: string) =>
    encodeURIComponent(String(parts.params?.[name] ?? '')),
  );
  const url = new URL(path, base);
  for (const [key, value] of Object.entries(parts.query ?? {})) {
    if (value !== undefined) url.searchParams.set(key, String(value));
  }
  return url.href;
}

async function failure(response: Response): Promise<AppError> {
  const parsed = ErrorBody.safeParse(await response.json().catch(() => undefined));
  if (!parsed.success) {
    return new AppError('internal', `The server answered ${response.status} without an explanation.`);
  }
  const { code, message, details } = parsed.data.error;
  return new AppError(code as ErrorCode, message, details === undefined ? {} : { details });
}

function requester(options: ClientOptions) {
  const fetcher = options.fetch ?? fetch;
  return async (route: Route, parts: CallParts, init: RequestInit): Promise<Response> => {
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${options.token}`);
    if (options.space !== undefined) headers.set('jiwa-space', encodeURIComponent(options.space));
    let response: Response;
    try {
      response = await fetcher(routeUrl(options.url, route, parts), {
        ...init,
        method: route.method,
        headers,
      });
    } catch (error) {
      if (error instanceof Error && error.name === 'AbortError') throw error;
      throw new AppError('unavailable', `No answer from ${options.url}: is Jiwa still running?`, {
        cause: error,
      });
    }
    if (!response.ok) throw await failure(response);
    return response;
  };
}

function jsonInit(body: unknown, signal: AbortSignal | undefined): RequestInit {
  return {
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    ...(signal === undefined ? {} : { signal }),
  };
}

function bodyOf({ body }: Response): ReadableStream<Uint8Array> {
  if (body === null) throw new AppError('internal', 'The server sent no file.');
  return body;
}

function formOf(file: FileUpload): FormData {
  const form = new FormData();
  for (const [key, value] of Object.entries(file.fields ?? {})) {
    if (value !== undefined) form.append(key, String(value));
  }
  form.append('file', file.body, file.filename);
  return form;
}

/** An id of our own for a request, so that it can be sent again; also where a page has no secure context. */
function ownId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  signal?.throwIfAborted();
}

type AnswerRoute = 'sendMessage' | 'regenerate' | 'editMessage';

/** Calls that are answered with the events of an answer, taken up again where a connection is cut. */
function answering(request: ReturnType<typeof requester>) {
  return async function* (
    name: AnswerRoute,
    id: string,
    body: RouteInput<AnswerRoute>['body'],
    signal: AbortSignal | undefined,
  ): AsyncIterable<AnswerEvent> {
    const route = routes[name];
    const sent = { clientId: ownId(), ...body };
    const after = (lastEventId: string | undefined, init: RequestInit): RequestInit => {
      const headers = new Headers(init.headers);
      if (lastEventId !== undefined) headers.set('last-event-id', lastEventId);
      return { ...init, headers };
    };
    const again = (last: string | undefined) =>
      request(route, { params: { id } }, after(last, jsonInit(sent, signal)));
    const follow = (answerId: string, last: string | undefined) =>
      request(routes.followAnswer, { params: { id: answerId } }, after(last, jsonInit(undefined, signal)));
    const source = { again, follow, pause: (ms: number) => pause(ms, signal) };
    const answers = !('answer' in sent && sent.answer === false);
    yield* answerStream(await again(undefined), source, answers);
  };
}

/** The one client of the API, used by the CLI, the tests and later the dashboard. */
export function client(options: ClientOptions): Client {
  const request = requester(options);
  const answers = answering(request);
  const post = async <S extends z.ZodType>(
    route: Route,
    file: FileUpload,
    schema: S,
    signal?: AbortSignal,
  ) => {
    const init: RequestInit = { body: formOf(file), ...(signal === undefined ? {} : { signal }) };
    return schema.parse(await (await request(route, {}, init)).json());
  };
  return {
    async call<N extends RouteName>(name: N, input: RouteInput<N>, signal?: AbortSignal) {
      const route: Route = routes[name];
      const parts: CallParts = input;
      const body = route.body === undefined ? undefined : (parts.body ?? {});
      const response = await request(route, parts, jsonInit(body, signal));
      return route.response.parse(await response.json()) as RouteOutput<N>;
    },
    send: (sessionId, body, signal) => answers('sendMessage', sessionId, body, signal),
    regenerate: (messageId, body, signal) => answers('regenerate', messageId, body, signal),
    edit: (messageId, body, signal) => answers('editMessage', messageId, body, signal),
    async *ask(body, signal) {
      const response = await request(routes.askStream, {}, jsonInit(body, signal));
      if (response.body === null) return;
      for await (const { data } of serverEvents(response.body)) yield AskEvent.parse(JSON.parse(data));
    },
    upload: (file, signal) => post(routes.uploadDocument, file, UploadResult, signal),
    importHistory: (file, signal) => post(routes.importHistory, file, ImportResult, signal),
    async original(documentId, signal) {
      const response = await request(
        routes.getOriginal,
        { params: { id: documentId } },
        jsonInit(undefined, signal),
      );
      return bodyOf(response);
    },
    exportSpace: async (signal) => bodyOf(await request(routes.exportSpace, {}, jsonInit(undefined, signal))),
    importSpace: (file, signal) => post(routes.importSpace, file, JobStarted, signal),
    backUp: async (signal, name) =>
      bodyOf(await request(routes.backUp, { query: { name } }, jsonInit(undefined, signal))),
  };
}
