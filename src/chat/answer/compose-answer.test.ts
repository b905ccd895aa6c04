import { expect, test } from 'vitest';
import { aHit, aPlace } from '../../../test/fakes/wire-views.ts';
import { composeAnswer } from './compose-answer.ts';
import { passagesOf } from './passages.ts';

const answered = (text: string, name: string): string =>
  composeAnswer(passagesOf([aHit({ text, place: aPlace({ name }) })]), 'en').text;

test.each([
  'The folder is called ___zzzz in the list.',
  'Call __init__ and 2**3, then `ls`.',
  'Name: ____ (fill in).',
])('quotes a plain text word for word: %s', (text) => {
  expect(answered(text, 'notes.txt')).toBe(`${text} [1]`);
});

test.each([
  ['The __north__ gate is **never locked** by `cron`.', 'The north gate is never locked by cron.'],
  ['The folder is called ___zzzz, see `__init__`.', 'The folder is called ___zzzz, see __init__.'],
  ['It is **open', 'It is open'],
])('quotes Markdown without the marks that mean something there: %s', (text, shown) => {
  expect(answered(text, 'notes.md')).toBe(`${shown} [1]`);
});
