import { expect, test } from 'vitest';
import { candidate } from '../../test/fakes/candidate.ts';
import type { Signals } from '../wire/recall.ts';
import { level, type Signalled } from './rank-level.ts';
import { rank } from './rank.ts';

const QUESTION = { askedRole: 'user', knows: () => true } as const;

/** A conversation that touches the question everywhere a little. */
const talk = Array.from({ length: 12 }, (_, position) =>
  candidate(`m${position}`, {
    sessionId: 's',
    role: 'user',
    position,
    words: 2 + (position % 3),
    cosines: [0.3],
  }),
);
const noise = Array.from({ length: 12 }, (_, position) =>
  candidate(`c${position}`, { kind: 'chunk', documentId: `d${position}`, words: 0.5, cosines: [0.1] }),
);

test('a document that fits best stands above a conversation that only has neighbours', () => {
  const best = candidate('best', { kind: 'chunk', documentId: 'd', words: 6, cosines: [0.5] });
  const [first] = rank([...talk, ...noise, best], QUESTION);
  expect(first?.candidate.id).toBe('best');
});

test('a message that fits best stands above documents', () => {
  const best = candidate('best', { sessionId: 't', role: 'user', words: 6, cosines: [0.5] });
  const [first] = rank([...talk, ...noise, best], QUESTION);
  expect(first?.candidate.id).toBe('best');
});

test('differences within a side stay as they are, and one side alone stays as it is', () => {
  const ranked = rank(talk, QUESTION);
  expect(level(ranked)).toBe(ranked);
  const mixed = [...ranked, ...rank(noise, QUESTION)];
  const gap = (list: readonly Signalled[], part: keyof Signals) =>
    (list[0]?.signals[part] ?? 0) - (list[5]?.signals[part] ?? 0);
  for (const part of ['neighbours', 'role', 'answering', 'words'] as const) {
    expect(gap(level(mixed), part)).toBeCloseTo(gap(mixed, part), 9);
  }
});

test('the parts still sum to the score', () => {
  for (const { score, signals } of rank([...talk, ...noise], QUESTION)) {
    expect(Object.values(signals).reduce((sum, part) => sum + part, 0)).toBeCloseTo(score, 9);
  }
});
