import type { ServerResponse } from 'node:http';
import type { Log } from '../../core/context.ts';
import { sendFrames } from './send-frames.ts';

const KEEP_ALIVE_MS = 15_000;

/** Events whose first one has come: what fails before it is thrown here, so that it is answered with its own status. */
export async function begun<T>(events: AsyncIterable<T>): Promise<AsyncIterable<T>> {
  const rest = events[Symbol.asyncIterator]();
  const first = await rest.next();
  return (async function* () {
    for (let next = first; next.done !== true; next = await rest.next()) yield next.value;
  })();
}

/** An event with the id that a client gives back to have what follows it. */
export interface StreamedEvent {
  readonly id: string;
  readonly event: { readonly kind: string };
}

function frame(event: { readonly kind: string; readonly [field: string]: unknown }): string {
  return `event: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`;
}

async function* framed(events: AsyncIterable<StreamedEvent>): AsyncIterable<string> {
  for await (const { id, event } of events) yield `id: ${id}\n${frame(event)}`;
}

/** Sends events as `text/event-stream`. What is thrown becomes an event without an id. */
export async function sendEvents(
  response: ServerResponse,
  events: AsyncIterable<StreamedEvent>,
  headers: Readonly<Record<string, string>>,
  log: Log,
): Promise<void> {
  const sent = {
    frames: framed(events),
    headers,
    keepAliveMs: KEEP_ALIVE_MS,
    failure: ({ code, message }: { readonly code: string; readonly message: string }) =>
      frame({ kind: 'error', code, message }),
  };
  await sendFrames(response, sent, log);
}
