import { expect, it } from 'vitest';
import { namedSpeaker } from './query-speaker.ts';

it('is the one author the question names', () => {
  expect(namedSpeaker("What is Caroline's job?", 'en', ['Caroline', 'Melanie'])).toBe('Caroline');
});

it('is found by a part of the name, in any case of the language', () => {
  expect(namedSpeaker('Что подарили Анне?', 'ru', ['Анна Петрова', 'Иван Смирнов'])).toBe('Анна Петрова');
});

it('is nobody when two authors are named, or none', () => {
  expect(namedSpeaker('What do Caroline and Melanie share?', 'en', ['Caroline', 'Melanie'])).toBeUndefined();
  expect(namedSpeaker('What was it?', 'en', ['Caroline'])).toBeUndefined();
});

it('is nobody by a name that two authors share', () => {
  expect(namedSpeaker('Where is John?', 'en', ['John Smith', 'John Miller'])).toBeUndefined();
});
