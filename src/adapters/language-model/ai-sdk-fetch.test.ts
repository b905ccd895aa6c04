import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventStreamFetch } from './ai-sdk-fetch.ts';

const URL = 'http://model.example/v1/chat/completions';
const EVENTS = 'data: {"text":"один 🎉"}\r\n\r\n: a comment\n\ndata: {"text":"[DONE]"}\n\n';
const ENDS = [
  'data: [DONE]\n',
  'data: [DONE]\r\n',
  'data:[DONE] \n',
  'event: message_stop\ndata: {"type":"message_stop"   }\n',
];

/** A `fetch` that answers these bytes in these pieces. */
async function received(
  bytes: Uint8Array,
  cuts: readonly number[],
  type = 'text/event-stream',
): Promise<string> {
  const places = [...new Set([0, ...cuts.map((cut) => cut % bytes.length), bytes.length])].sort(
    (a, b) => a - b,
  );
  const pieces = places.slice(1).map((place, index) => bytes.subarray(places[index], place));
  const body = ReadableStream.from(pieces);
  const fetch = eventStreamFetch(
    async () => new Response(body, { headers: { 'content-type': type } }),
    'scripted',
  );
  return (await fetch(URL)).text();
}

describe('eventStreamFetch', () => {
  it('gives what was sent, whatever the pieces, and nothing after the end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...ENDS), fc.array(fc.nat(1_000)), async (end, cuts) => {
        const bytes = Buffer.from(`${EVENTS}${end}\ndata: {"text":"after the end"}\n\n`);
        expect(await received(bytes, cuts)).toBe(`${EVENTS}${end}\n`);
      }),
    );
  });

  it('gives the same byte by byte', async () => {
    const bytes = Buffer.from(`${EVENTS}${ENDS[1]}and more`);
    const everywhere = Array.from(bytes, (_, at) => at);
    expect(await received(bytes, everywhere)).toBe(`${EVENTS}${ENDS[1]}\n`);
  });

  it('gives a stream without an end as it is', async () => {
    expect(await received(Buffer.from(EVENTS), [3])).toBe(EVENTS);
  });

  it.each(['text/html', 'application/json; charset=utf-8'])('takes no %s for a stream', async (type) => {
    await expect(received(Buffer.from('{}'), [], type)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('fails on bytes that are no UTF-8, also at the very end', async () => {
    const whole = Buffer.from('data: 🎉');
    await expect(received(whole.subarray(0, -1), [])).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('fails on a line without an end', async () => {
    const bytes = Buffer.alloc(5_000_000, 'x');
    const cuts = Array.from({ length: 100 }, (_, at) => at * 50_000);
    await expect(received(bytes, cuts)).rejects.toMatchObject({ code: 'unavailable' });
  });
});
