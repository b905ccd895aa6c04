import type { ServerResponse } from 'node:http';
import type { Log } from '../../core/context.ts';
import { toAppError } from '../../core/errors.ts';

const KEEP_ALIVE_MS = 15_000;

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

/** Events whose first one has come: what fails before it is thrown here, so that it is answered with its own status. */
export async function begun<T>(events: AsyncIterable<T>): Promise<AsyncIterable<T>> {
  const rest = events[Symbol.asyncIterator]();
  const first = await rest.next();
  return (async function* () {
    for (let next = first; next.done !== true; next = await rest.next()) yield next.value;
  })();
}

/**
 * Sends events as `text/event-stream`, each with a rising id. A client that goes away only detaches: the work behind
 * the events goes on to its end, so nothing that was said is lost.
 */
export async function sendEvents(
  response: ServerResponse,
  events: AsyncIterable<{ readonly kind: string }>,
  headers: Readonly<Record<string, string>>,
  log: Log,
): Promise<void> {
  response.writeHead(200, {
    ...headers,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  const write = writerTo(response);
  // A client that does not read what it has needs no sign of life.
  const keepAlive = setInterval(() => {
    if (!response.writableNeedDrain) void write(': still here\n\n');
  }, KEEP_ALIVE_MS);
  let id = 0;
  const send = (event: { readonly kind: string }) =>
    write(`id: ${++id}\nevent: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`);
  try {
    for await (const event of events) await send(event);
  } catch (thrown) {
    const { code, message, cause } = toAppError(thrown);
    if (code !== 'aborted') log.error('stream-failed', { code, cause: cause ?? thrown });
    const failure = { kind: 'error', code, message };
    await send(failure);
  } finally {
    clearInterval(keepAlive);
    response.end();
  }
}
