import { expect, it } from 'vitest';
import { askedRole } from './query-role.ts';

it.each([
  'What did you recommend for my back?',
  'Which books have you suggested so far?',
  'What was your advice about the loan?',
  'the movies you recommended',
  'Что ты мне посоветовал для сна?',
  'Какие книги вы рекомендовали?',
  'Apa yang kamu sarankan untuk makan malam?',
  'Che cosa mi hai consigliato?',
])('"%s" asks for the assistant’s words', (question) => {
  expect(askedRole(question)).toBe('assistant');
});

it.each([
  'What did I tell you about my dog?',
  'Can you tell me my address?',
  'Could you show me how to bake bread?',
  'What snacks do you recommend?',
  'Что я тебе говорил о собаке?',
  'Apa nama anjing saya?',
  'Come si chiama il mio cane?',
])('"%s" asks for the person’s words', (question) => {
  expect(askedRole(question)).toBe('user');
});

it.each([
  'Can you summarize how my project went?',
  'Give me an overview of my plans',
  'Сделай обзор моих планов',
  'Buat ringkasan rencana saya',
  'Fammi un riassunto del progetto',
])('"%s" looks back on both sides', (question) => {
  expect(askedRole(question)).toBe('both');
});
