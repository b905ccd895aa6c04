import type { AnswerEvent } from '../../../../wire/sessions.ts';
import { chosenSpace } from './chosen-space.ts';

/** A refusal of the server, in its words. */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Sent with every call: other pages cannot send it, so a cookie alone changes nothing; and the space, if one was chosen. */
function ours(): Record<string, string> {
  const space = chosenSpace();
  return { 'jiwa-request': '1', ...(space === undefined ? {} : { 'jiwa-space': encodeURIComponent(space) }) };
}

/** Where a refusal means a wrong password or a used-up link, not that the browser session has ended. */
const ENTRANCES: ReadonlySet<string> = new Set(['/api/login', '/api/login/entry', '/api/invitations/take']);
const SIGNED_OUT = 'You are no longer signed in. Copy what you typed, then reload the page.';

async function refusal(response: Response): Promise<ApiError> {
  const body = (await response.json().catch(() => undefined)) as
    | { error?: { code?: string; message?: string } }
    | undefined;
  const { status, url } = response;
  const { code = 'internal', message = `The server answered ${status}.` } = body?.error ?? {};
  const hasEnded = status === 401 && !ENTRANCES.has(new URL(url).pathname);
  return new ApiError(status, code, hasEnded ? SIGNED_OUT : message);
}

/** Calls a route that answers JSON. Throws `ApiError`. */
export async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(path, {
    method,
    headers: body === undefined ? ours() : { ...ours(), 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw await refusal(response);
  return (await response.json()) as T;
}

/** Uploads one file; its fields go before it. */
export async function upload<T>(file: File): Promise<T> {
  const form = new FormData();
  form.append('source', 'upload');
  form.append('path', file.webkitRelativePath || file.name);
  form.append('file', file);
  const response = await fetch('/api/documents', { method: 'POST', headers: ours(), body: form });
  if (!response.ok) throw await refusal(response);
  return (await response.json()) as T;
}

interface Numbered {
  readonly id: string | undefined;
  readonly event: AnswerEvent;
}

function eventOf(block: string): Numbered | undefined {
  const field = (name: string) =>
    block
      .split('\n')
      .filter((line) => line.startsWith(`${name}:`))
      .map((line) => line.slice(name.length + 1).trimStart())
      .join('\n');
  const data = field('data');
  return data === '' ? undefined : { id: field('id') || undefined, event: JSON.parse(data) as AnswerEvent };
}

async function* eventsIn(response: Response): AsyncGenerator<Numbered> {
  if (!response.ok) throw await refusal(response);
  if (response.body === null) return;
  let text = '';
  for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
    text += piece;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const event = eventOf(text.slice(0, end));
      text = text.slice(end + 2);
      if (event !== undefined) yield event;
    }
  }
}

const RETRY_MS = [200, 500, 1_000, 2_000, 4_000] as const;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** What is known of a stream that may have to be taken up again. */
interface Followed {
  answerId: string | undefined;
  lastId: string | undefined;
  ended: boolean;
}

async function* noted(events: AsyncIterable<Numbered>, followed: Followed): AsyncGenerator<AnswerEvent> {
  for await (const { id, event } of events) {
    followed.lastId = id ?? followed.lastId;
    if (event.kind === 'answer-start') followed.answerId = event.messageId;
    if (event.kind === 'answer-end' || event.kind === 'error') followed.ended = true;
    yield event;
  }
}

/** Events of a new answer; a connection that is cut is taken up where it ended. */
export async function* answerEvents(path: string, body: unknown): AsyncGenerator<AnswerEvent> {
  const followed: Followed = { answerId: undefined, lastId: undefined, ended: false };
  const first = await fetch(path, {
    method: 'POST',
    headers: { ...ours(), 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  try {
    yield* noted(eventsIn(first), followed);
  } catch (error) {
    if (error instanceof ApiError || followed.answerId === undefined) throw error;
  }
  yield* takenUp(followed, RETRY_MS);
}

/** Events of an answer that is on its way, from its beginning. */
export function followedAnswer(answerId: string): AsyncGenerator<AnswerEvent> {
  return takenUp({ answerId, lastId: undefined, ended: false }, [0, ...RETRY_MS]);
}

async function* takenUp(followed: Followed, pauses: readonly number[]): AsyncGenerator<AnswerEvent> {
  for (const ms of pauses) {
    if (followed.ended || followed.answerId === undefined) return;
    await pause(ms);
    const { lastId } = followed;
    const again = await fetch(`/api/answers/${followed.answerId}/events`, {
      headers: { ...ours(), ...(lastId === undefined ? {} : { 'last-event-id': lastId }) },
    }).catch(() => undefined);
    try {
      if (again !== undefined) yield* noted(eventsIn(again), followed);
    } catch (error) {
      if (error instanceof ApiError) throw error;
    }
  }
  if (!followed.ended)
    throw new Error('The connection was lost. The answer goes on; open the conversation again.');
}
