import { expect, test } from 'vitest';
import type { EarlierMessage } from '../answerer.ts';
import { recallQuestion } from './follow-up.ts';

const history: readonly EarlierMessage[] = [
  { id: '1', role: 'user', text: 'When did Maria go to Bali?' },
  { id: '2', role: 'assistant', text: 'In April.' },
];

test('a message with hardly a word of its own is recalled with what was asked before it', () => {
  expect(recallQuestion('And with whom?', history)).toBe('When did Maria go to Bali?\nAnd with whom?');
});

test('a question that stands alone is recalled alone', () => {
  expect(recallQuestion('How high is the rent of the flat?', history)).toBe(
    'How high is the rent of the flat?',
  );
});

test('a first message is recalled as it is', () => {
  expect(recallQuestion('Rent?', [])).toBe('Rent?');
});
