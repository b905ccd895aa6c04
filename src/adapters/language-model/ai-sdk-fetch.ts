import type { OutboundFetch } from '../connections/outbound.ts';
import { brokenAnswer } from './ai-sdk-errors.ts';

/** Some send the whole answer in one event; more than this is no answer. */
const LINE_CHARS = 4_000_000;

/** What is left of a connection after the end of the answer, so that it can be used again. */
const REST_MS = 100;

/** The whole line of the event that ends a stream, at OpenAI or at Anthropic. */
const END = /^data: ?(\[DONE\]|\{"type": ?"message_stop")[^\n]*\n/m;

/** Long enough for every end, short enough to be looked at again with each piece. */
const LINE_BEGIN_CHARS = 64;

/**
 * A `fetch` that gives the SDK streams of events and nothing else: other types, bytes that are no UTF-8 and endless events
 * fail with `unavailable`; the stream is over with the event that says so, whatever the server does then.
 */
export function eventStreamFetch(fetch: OutboundFetch, provider: string): typeof globalThis.fetch {
  const guarded: OutboundFetch = async (url, init) => {
    const response = await fetch(url, init);
    if (!response.ok) return response;
    const type = response.headers.get('content-type') ?? '';
    if (/html|json/i.test(type) || response.body === null) {
      await response.body?.cancel();
      throw brokenAnswer({ provider }, 'answered a page or a document, not a stream');
    }
    const { status, headers } = response;
    return new Response(wellFormed(response.body, provider), { status, headers });
  };
  return guarded as typeof globalThis.fetch;
}

function wellFormed(body: ReadableStream<Uint8Array>, provider: string): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const decode = strictDecoder(provider);
  const untilEnd = eventWatch(provider);
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        const { text, ended } = untilEnd(decode(value, done));
        controller.enqueue(Buffer.from(text));
        if (ended) await leave(reader);
        if (done || ended) controller.close();
      } catch (error) {
        controller.error(error);
        await reader.cancel().catch(() => {
          // The connection is broken already.
        });
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

function strictDecoder(provider: string): (piece: Uint8Array | undefined, last: boolean) => string {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  return (piece, last) => {
    try {
      return decoder.decode(piece, { stream: !last });
    } catch {
      throw brokenAnswer({ provider }, 'sent bytes that are no UTF-8');
    }
  };
}

/** Looks at each piece of a stream: what of it is the answer's, and whether the event came that ends it. */
function eventWatch(provider: string): (piece: string) => { readonly text: string; readonly ended: boolean } {
  let line = '';
  let lineChars = 0;
  return (piece) => {
    const end = END.exec(line + piece);
    if (end !== null) {
      const rest = end.index + end[0].length - line.length;
      return { text: `${piece.slice(0, rest)}\n`, ended: true };
    }
    const lineEnd = piece.lastIndexOf('\n');
    lineChars = lineEnd < 0 ? lineChars + piece.length : piece.length - lineEnd;
    if (lineChars > LINE_CHARS) throw brokenAnswer({ provider }, 'sent an endless event');
    line = (lineEnd < 0 ? line + piece : piece.slice(lineEnd + 1)).slice(0, LINE_BEGIN_CHARS);
    return { text: piece, ended: false };
  };
}

/** Reads what a well-behaved server has still under way; one that hangs is left. */
async function leave(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  const timer = setTimeout(() => void reader.cancel().catch(() => {}), REST_MS);
  try {
    for (let done = false; !done;) ({ done } = await reader.read());
  } catch {
    // The answer is whole; how its connection ends says nothing about it.
  } finally {
    clearTimeout(timer);
  }
}
