import { expect, it } from 'vitest';
import { detectLanguage } from './language.ts';

it.each([
  ['en', 'Where did Caroline move from four years ago?'],
  ['en', 'Hey Mel! Good to see you!'],
  ['ru', 'что я говорил вчера'],
  ['ru', 'Кот'],
  ['uk', 'Де мій кіт живе у місті'],
  ['id', 'Siapa presiden Indonesia pertama?'],
  ['id', 'Apa yang saya katakan kemarin kepada ibu?'],
  ['it', 'Che cosa ho detto ieri sera?'],
  ['de', 'Ich habe gestern einen kleinen Hund im Garten gesehen'],
  ['es', 'El perro duerme debajo de la mesa de la cocina'],
])('finds %s in "%s"', (language, text) => {
  expect(detectLanguage(text)).toBe(language);
});

it.each(['', 'ok', '12:30', '???', 'Wow'])('says nothing of "%s"', (text) => {
  expect(detectLanguage(text)).toBeUndefined();
});

it('looks only at the beginning of a long text', () => {
  const english = 'This is what we have been waiting for. '.repeat(20);
  expect(detectLanguage(english + 'а потом по-русски '.repeat(10_000))).toBe('en');
});
