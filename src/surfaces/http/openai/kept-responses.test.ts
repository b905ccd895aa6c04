import { describe, expect, test } from 'vitest';
import type { ModelMessage } from '../../../wire/completion.ts';
import { keptResponses } from './kept-responses.ts';

const HOUR_MS = 60 * 60_000;
const of = (...messages: ModelMessage[]) => ({ messages, askedAt: 0 });
const hello = of({ role: 'assistant', text: 'Hello' });

describe('a kept response', () => {
  test('is there for its owner only', () => {
    const kept = keptResponses(() => 0);
    kept.keep('resp_1', 'a', hello);
    expect(kept.find('resp_1', 'a')).toBe(hello);
    expect([kept.find('resp_1', 'b'), kept.find('resp_2', 'a')]).toEqual([undefined, undefined]);
  });

  test('goes after an hour', () => {
    let time = 0;
    const kept = keptResponses(() => time);
    kept.keep('resp_1', 'a', hello);
    time = HOUR_MS - 1;
    expect(kept.find('resp_1', 'a')).toBe(hello);
    time = HOUR_MS;
    expect(kept.find('resp_1', 'a')).toBeUndefined();
  });

  test('makes room for newer ones, the oldest first', () => {
    const kept = keptResponses(() => 0);
    const picture = { kind: 'image', mediaType: 'image/png', bytes: new Uint8Array(30_000_000) } as const;
    for (const id of ['resp_1', 'resp_2', 'resp_3'])
      kept.keep(id, 'a', of({ role: 'user', parts: [picture] }));
    expect(kept.find('resp_1', 'a')).toBeUndefined();
    expect(kept.find('resp_2', 'a')?.messages).toHaveLength(1);
    expect(kept.find('resp_3', 'a')?.messages).toHaveLength(1);
  });

  test('counts messages without words, too', () => {
    const kept = keptResponses(() => 0);
    const silent = (): ModelMessage => ({ role: 'user', parts: [] });
    const silence = { messages: Array.from({ length: 200_000 }, silent), askedAt: 0 };
    for (const id of ['resp_1', 'resp_2']) kept.keep(id, 'a', silence);
    expect(kept.find('resp_1', 'a')).toBeUndefined();
    expect(kept.find('resp_2', 'a')).toBe(silence);
  });
});
