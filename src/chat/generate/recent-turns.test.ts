import { expect, test } from 'vitest';
import type { EarlierMessage } from '../answerer.ts';
import { recentTurns } from './recent-turns.ts';

const message = (role: EarlierMessage['role'], text: string): EarlierMessage => ({
  id: `${role}: ${text}`,
  role,
  text,
});
const told = (history: readonly EarlierMessage[], budget = 1_000) =>
  recentTurns(history, budget).turns.map((turn) => {
    const text =
      turn.role === 'user' ? turn.parts.map((part) => (part.kind === 'text' ? part.text : '')) : turn.text;
    return `${turn.role}: ${String(text)}`;
  });

test('what one side said in a row is one turn', () => {
  const history = [message('user', 'Hi.'), message('user', 'Are you there?'), message('assistant', 'Yes.')];
  expect(told(history)).toEqual(['user: Hi.\n\nAre you there?', 'assistant: Yes.']);
});

test('an answer that was stopped before its first word is no turn', () => {
  const history = [message('user', 'Hi.'), message('assistant', ''), message('user', 'Are you there?')];
  expect(told(history)).toEqual(['user: Hi.\n\nAre you there?']);
  expect(recentTurns(history, 1_000).leftOut).toBe(0);
});

test('others who spoke are told from the person', () => {
  expect(told([message('person', 'Hello.')])).toEqual(['user: (said by somebody else) Hello.']);
});

test('an answer loses its markers, which point to entries of another prompt', () => {
  expect(told([message('user', 'When?'), message('assistant', 'In May [1], or June [2, 3].')])).toEqual([
    'user: When?',
    'assistant: In May, or June.',
  ]);
});

test('it never begins with an answer', () => {
  const history = [message('assistant', 'Yes.'), message('user', 'Why?')];
  expect(recentTurns(history, 1_000)).toMatchObject({ ids: ['user: Why?'], leftOut: 1 });
});

test('the newest that fit come in, without a gap', () => {
  const history = ['one', 'two', 'three', 'four'].map((word) =>
    message('user', `${word} `.repeat(20).trim()),
  );
  const { ids, tokens, leftOut } = recentTurns(history, 60);
  expect(ids.map((id) => id.split(' ')[1])).toEqual(['three', 'four']);
  expect(tokens).toBeLessThanOrEqual(60);
  expect(leftOut).toBe(2);
});

test('a message that is long alone is shortened', () => {
  const [shown] = told([message('user', 'A sentence. '.repeat(500))], 100);
  expect(shown).toMatch(/^user: A sentence\..*…$/u);
});
