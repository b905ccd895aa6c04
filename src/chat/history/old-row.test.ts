import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type OldRowLine, parseOldRow, withoutOldMessages } from './old-row.ts';
import { timeReader } from './read-time.ts';

const line = (changes: Partial<OldRowLine> = {}): OldRowLine => ({
  jiwa: 'old-row@1',
  source: 'old',
  table: 'PromptSessions',
  key: '7',
  session: '7',
  kind: 'exchange',
  values: { prompt: 'Tea?', answer: 'Green.', time: '2024-05-01 10:00:00+00', strategy: 'short' },
  other: { transcript: 'Tea? Green.' },
  ...changes,
});
const parse = (one: OldRowLine) => parseOldRow(one, timeReader());

test('a row is a prompt and its answer, and both are one exchange', () => {
  const { messages, exchange, skipped } = parse(line());
  const time = Date.UTC(2024, 4, 1, 10);
  expect(messages).toMatchObject([
    { at: 'prompt', role: 'user', text: 'Tea?', time, externalId: 'PromptSessions/7/prompt' },
    { at: 'answer', role: 'assistant', text: 'Green.', time },
  ]);
  expect(exchange).toMatchObject({ key: '7', strategy: 'short', time });
  expect(skipped).toEqual([]);
});

test('what was said is taken as it is, and white space alone says nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (prompt, answer) => {
      const { messages, exchange } = parse(line({ values: { prompt, answer } }));
      const said = [prompt, answer].filter((text) => text.trim() !== '');
      expect(messages.map(({ text }) => text)).toEqual(said);
      expect(exchange !== undefined).toBe(said.length === 2);
    }),
  );
});

test.each([
  ['2024-05-01 10:00:00.123456+02', Date.UTC(2024, 4, 1, 8, 0, 0, 123)],
  ['2024-05-01 10:00:00+05:30', Date.UTC(2024, 4, 1, 4, 30)],
  ['2024-05-01 10:00:00', Date.UTC(2024, 4, 1, 10)],
  ['2024-05-01', Date.UTC(2024, 4, 1)],
  ['1714557600', Date.UTC(2024, 4, 1, 10)],
  ['1714557600000', Date.UTC(2024, 4, 1, 10)],
  ['infinity', undefined],
])('reads the time %s as PostgreSQL writes it', (time, expected) => {
  expect(parse(line({ values: { prompt: 'Tea?', time } })).messages[0]?.time).toBe(expected);
});

test('rows of one conversation meet; rows of two systems never do', () => {
  const of = (changes: Partial<OldRowLine>) => parse(line(changes)).externalId;
  expect(of({ key: '7', conversation: 'a' })).toBe(of({ key: '8', conversation: 'a' }));
  expect(of({ key: '7' })).not.toBe(of({ key: '8', session: '8' }));
  expect(of({ conversation: '7' })).not.toBe(of({}));
  expect(of({ source: 'other' })).not.toBe(of({}));
});

test('a window finds the conversation of its session', () => {
  const state = line({ kind: 'state', table: 'BiometricData', key: 'x', values: { heartRate: '70' } });
  expect(parse(state)).toMatchObject({
    externalId: parse(line()).externalId,
    messages: [],
    state: { session: '7', measured: { heartRate: '70' } },
  });
});

test('numbers in other units become ours', () => {
  const units: OldRowLine['units'] = { bodyTemperature: [5 / 9, -160 / 9], effectiveness: [0.25, -0.25] };
  const values = { prompt: 'Tea?', answer: 'Green.', effectiveness: '5', bodyTemperature: 'n/a' };
  expect(parse(line({ units, values })).exchange?.effectiveness).toBe(1);
  expect(parse(line({ kind: 'state', units, values })).state?.measured['bodyTemperature']).toBe('n/a');
  const warm = line({ kind: 'state', units, values: { bodyTemperature: '98.6' } });
  expect(Number(parse(warm).state?.measured['bodyTemperature'])).toBeCloseTo(37);
});

test('an effectiveness beyond 0–1 is told and left out', () => {
  const { exchange, skipped } = parse(line({ values: { prompt: 'a', answer: 'b', effectiveness: '4' } }));
  expect(exchange).not.toHaveProperty('effectiveness');
  expect(skipped[0]?.reason).toMatch(/^effectiveness: not within/);
});

test('a message that goes takes along whatever else of the row could repeat it', () => {
  const rest = JSON.stringify(withoutOldMessages(line(), new Set(['prompt'])));
  expect(rest).not.toContain('Tea?');
  expect(parse(JSON.parse(rest) as OldRowLine).messages.map(({ text }) => text)).toEqual(['Green.']);
});
