import type { z } from 'zod';
import { AppError, type ErrorCode } from '../core/errors.ts';
import { ErrorBody } from './common.ts';
import type { Route } from './route.ts';
import { type RouteInput, type RouteName, type RouteOutput, routes } from './routes.ts';
import { AnswerEvent, ImportResult } from './sessions.ts';
import { UploadResult } from './documents.ts';

export interface ClientOptions {
  readonly url: string;
  readonly token: string;
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
  send(
    sessionId: string,
    body: RouteInput<'sendMessage'>['body'],
    signal?: AbortSignal,
  ): AsyncIterable<AnswerEvent>;
  upload(file: FileUpload, signal?: AbortSignal): Promise<UploadResult>;
  importHistory(file: FileUpload, signal?: AbortSignal): Promise<ImportResult>;
  original(documentId: string, signal?: AbortSignal): Promise<ReadableStream<Uint8Array>>;
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

function formOf(file: FileUpload): FormData {
  const form = new FormData();
  for (const [key, value] of Object.entries(file.fields ?? {})) {
    if (value !== undefined) form.append(key, String(value));
  }
  form.append('file', file.body, file.filename);
  return form;
}

/** Data lines of a stream of server-sent events. */
async function* eventData(body: ReadableStream<Uint8Array>): AsyncIterable<string> {
  let rest = '';
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    rest += text;
    const events = rest.split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events) {
      const data = event
        .split('\n')
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice(5).trimStart());
      if (data.length > 0) yield data.join('\n');
    }
  }
}

/** The one client of the API, used by the CLI, the tests and later the dashboard. */
export function client(options: ClientOptions): Client {
  const request = requester(options);
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
    async *send(sessionId, body, signal) {
      const response = await request(
        routes.sendMessage,
        { params: { id: sessionId } },
        jsonInit(body, signal),
      );
      if (response.body === null) return;
      for await (const data of eventData(response.body)) yield AnswerEvent.parse(JSON.parse(data));
    },
    upload: (file, signal) => post(routes.uploadDocument, file, UploadResult, signal),
    importHistory: (file, signal) => post(routes.importHistory, file, ImportResult, signal),
    async original(documentId, signal) {
      const response = await request(
        routes.getOriginal,
        { params: { id: documentId } },
        jsonInit(undefined, signal),
      );
      if (response.body === null) throw new AppError('internal', 'The server sent no file.');
      return response.body;
    },
  };
}
