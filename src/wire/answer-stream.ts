import { AppError } from '../core/errors.ts';
import { AnswerEvent } from './sessions.ts';

/** Opens a stream of events: the request itself again, or the events of an answer, after the last one that came. */
export interface AnswerSource {
  again(lastEventId: string | undefined): Promise<Response>;
  follow(answerId: string, lastEventId: string | undefined): Promise<Response>;
  /** Waits before a connection is tried again. */
  pause(ms: number): Promise<void>;
}

interface ServerEvent {
  readonly id: string | undefined;
  readonly data: string;
}

function field(lines: readonly string[], name: string): string[] {
  return lines.flatMap((line) =>
    line.startsWith(`${name}:`) ? line.slice(name.length + 1).trimStart() : [],
  );
}

/** Whole events of a stream of server-sent events; a part at its end is left out. */
export async function* serverEvents(body: ReadableStream<Uint8Array>): AsyncIterable<ServerEvent> {
  let rest = '';
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const events = (rest + text).split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events) {
      const lines = event.split('\n');
      const data = field(lines, 'data');
      if (data.length > 0) yield { id: field(lines, 'id').at(-1), data: data.join('\n') };
    }
  }
}

const LAST: ReadonlySet<AnswerEvent['kind']> = new Set(['answer-end', 'error']);
/** Pauses between attempts that brought nothing; after the last one the cut is told. */
const PAUSES_MS = [50, 200, 500, 1_000, 2_000, 4_000] as const;

/** How far a stream came. */
interface Progress {
  lastEventId: string | undefined;
  answerId: string | undefined;
  ended: boolean;
  /** Attempts since something came. */
  failures: number;
}

async function* take(response: Response, progress: Progress): AsyncIterable<AnswerEvent> {
  if (response.body === null) return;
  for await (const { id, data } of serverEvents(response.body)) {
    const event = AnswerEvent.parse(JSON.parse(data));
    progress.lastEventId = id ?? progress.lastEventId;
    progress.failures = 0;
    if (event.kind === 'answer-start') progress.answerId = event.messageId;
    if (LAST.has(event.kind)) progress.ended = true;
    yield event;
  }
}

/** Worth another attempt: no connection, or a server that is starting. What the server refuses stays refused. */
function isCut(error: unknown): boolean {
  return error instanceof TypeError || (error instanceof AppError && error.code === 'unavailable');
}

async function reopen({ answerId, lastEventId }: Progress, source: AnswerSource): Promise<Response> {
  if (answerId === undefined) return source.again(lastEventId);
  try {
    return await source.follow(answerId, lastEventId);
  } catch (error) {
    // The server was started anew before the answer was kept: asked again, it is made again.
    if (error instanceof AppError && error.code === 'not-found') return source.again(lastEventId);
    throw error;
  }
}

/**
 * Events of an answer from its first to its last. A connection that is cut is taken up where it ended: nothing comes twice
 * and nothing is missed; after `reset` everything comes anew. Without `answers` it ends with the message.
 */
export async function* answerStream(
  first: Response,
  source: AnswerSource,
  answers: boolean,
): AsyncIterable<AnswerEvent> {
  const progress: Progress = { lastEventId: undefined, answerId: undefined, ended: false, failures: 0 };
  for (let response: Response | undefined = first; ;) {
    try {
      response ??= await reopen(progress, source);
      yield* take(response, progress);
      if (progress.ended || !answers) return;
    } catch (error) {
      if (!isCut(error)) throw error;
    }
    const ms = PAUSES_MS[progress.failures++];
    if (ms === undefined)
      throw new AppError('unavailable', 'The connection was cut and could not be taken up.');
    await source.pause(ms);
    response = undefined;
  }
}
