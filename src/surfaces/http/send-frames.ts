import type { ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { Log } from '../../core/context.ts';
import { type AppError, toAppError } from '../../core/errors.ts';

/** A stream of server-sent events that is ready to go. */
export interface Frames {
  readonly frames: AsyncIterable<string>;
  readonly headers: Readonly<Record<string, string>>;
  /** A comment goes out every so long. */
  readonly keepAliveMs: number;
  /** How the protocol tells that the stream failed. */
  readonly failure: (error: AppError) => string;
}

/** Writes to a response; resolves when there is room for more, or nobody to read it. */
function writerTo(response: ServerResponse): (text: string) => Promise<void> {
  let room: PromiseWithResolvers<void> | undefined;
  const go = () => {
    room?.resolve();
    room = undefined;
  };
  response.on('drain', go).on('close', go);
  return async (text) => {
    if (response.destroyed || response.writableEnded || response.write(text)) return;
    room ??= Promise.withResolvers<void>();
    await room.promise;
  };
}

/** What an answer says anyway, for one that is written past the framework. */
export function ownHeaders(reply: FastifyReply): Record<string, string> {
  return Object.fromEntries(Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)]));
}

/** Sends frames as they come, with comments while nothing comes, so that nobody between gives up waiting. */
export async function sendFrames(response: ServerResponse, sent: Frames, log: Log): Promise<void> {
  response.writeHead(200, {
    ...sent.headers,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  response.flushHeaders();
  const write = writerTo(response);
  // A client that does not read what it has needs no sign of life.
  const keepAlive = setInterval(() => {
    if (!response.writableNeedDrain) void write(': still here\n\n');
  }, sent.keepAliveMs);
  try {
    for await (const frame of sent.frames) await write(frame);
  } catch (thrown) {
    const error = toAppError(thrown);
    if (error.code !== 'aborted')
      log.error('stream-failed', { code: error.code, cause: error.cause ?? error });
    await write(sent.failure(error));
  } finally {
    clearInterval(keepAlive);
    response.end();
  }
}
