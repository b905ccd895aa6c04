import { expect, it } from 'vitest';
import { readQuestion } from './query.ts';

const NOW = Date.UTC(2024, 0, 10, 12);

it('asks what was said when it names saying and a time counted from now', () => {
  for (const question of [
    'What did I say yesterday?',
    'Что я говорил вчера?',
    'Apa yang saya katakan kemarin?',
  ])
    expect(readQuestion(question, NOW).asksWhatWasSaid).toBe(true);
});

it('does not ask what was said when the time is only part of the matter', () => {
  for (const question of [
    'Where was I yesterday?',
    'What did Ana say about the trip of 8 May 2023?',
    'What did I say?',
  ])
    expect(readQuestion(question, NOW).asksWhatWasSaid).toBe(false);
});

it('has the language, the words and the role of the question', () => {
  const { language, terms, askedRole, time } = readQuestion('What did you recommend for my garden?', NOW);
  expect({ language, askedRole, time }).toEqual({ language: 'en', askedRole: 'assistant', time: undefined });
  expect(terms.map(({ term }) => term)).toEqual(expect.arrayContaining(['recommend', 'garden']));
});
