import { describe, expect, it } from 'vitest';
import type { Hit } from '../../wire/recall.ts';
import { namedShare, namedWords } from './named-words.ts';

function hit(
  text: string,
  { language = 'en', name = 'notes', author }: Partial<Record<string, string>> = {},
): Hit {
  const place = {
    kind: 'document',
    name,
    position: 0,
    time: 0,
    ...(author === undefined ? {} : { author }),
  } as const;
  const signals = { words: 0, meaning: 0, neighbours: 0, role: 0, speaker: 0, answering: 0, time: 0 };
  const id = '00000000-0000-4000-8000-000000000001';
  const rest = { score: 1, signals, matched: [], tags: [], trust: 3, neighbours: [] };
  return { id, kind: 'chunk', text, language, place, ...rest };
}

const named = (...words: string[]) => new Map(words.map((word) => [word, 1]));

describe('named words', () => {
  it.each([
    ['en', 'What is the capital of Mongolia?', ['Mongolia']],
    ['ru', 'Когда Никола Тесла основал лабораторию?', ['Никола', 'Тесла']],
    ['id', 'Siapa presiden pertama Brasil?', ['Brasil']],
    ['it', 'Chi ha riparato la caldaia a Trieste?', ['Trieste']],
  ])('are those with a capital (%s)', (language, question, words) => {
    expect(namedWords(question, language)).toEqual(words);
  });

  it.each([
    ['en', 'Who repaired it? Where is it now?'],
    ['ru', 'Кто его чинил? «Новый» насос работает?'],
    ['id', 'Siapa yang memperbaiki? Berapa harganya?'],
    ['it', 'Chi lo ha riparato? Quanto costa?'],
  ])('are not those that only begin a sentence (%s)', (language, question) => {
    expect(namedWords(question, language)).toEqual([]);
  });

  it('are names in camel case, in capitals, with digits, and years wherever they stand', () => {
    expect(namedWords('JavaScript or gpt4? NATO in 1949?', 'en')).toEqual([
      'JavaScript',
      'gpt4',
      'NATO',
      '1949',
    ]);
  });

  it('are not English pronouns nor grammar words', () => {
    expect(namedWords('What did I say, and what I’ve heard, about The Boat?', 'en')).toEqual(['Boat']);
  });

  it('are not the words of the time asked for', () => {
    expect(namedWords('What did Ana do in May 2023?', 'en', 'in May 2023')).toEqual(['Ana']);
  });
});

describe('the share of named words', () => {
  it('is whole for a question that names nothing', () => {
    expect(namedShare(new Map(), hit('Rain fell.'))).toBe(1);
  });

  it('is none where no name stands', () => {
    expect(namedShare(named('Mongolia'), hit('The capital of France is Paris.'))).toBe(0);
  });

  it('weighs names', () => {
    const names = new Map([
      ['Nikola', 1],
      ['Tesla', 3],
    ]);
    expect(namedShare(names, hit('Tesla built a laboratory.'))).toBe(0.75);
  });

  it.each([
    ['en', 'Hansen', 'We took Hansen’s boat.'],
    ['ru', 'Тесла', 'Лаборатория Теслы сгорела.'],
    ['ru', 'Варшаве', 'Первая Варшавская биржа открыта в 1817 году.'],
    ['id', 'Sekotong', 'Perahu ke Sekotongnya berangkat pagi.'],
    ['it', 'Trieste', 'La caldaia dell’ufficio di Trieste.'],
  ])('finds a name in its forms (%s, %s)', (language, word, text) => {
    expect(namedShare(named(word), hit(text, { language }))).toBe(1);
  });

  it('counts who said it', () => {
    expect(namedShare(named('Melanie'), hit('I have two children.', { author: 'Melanie' }))).toBe(1);
  });

  it('counts the name of the document or conversation', () => {
    expect(namedShare(named('Petrel'), hit('The hull is cracked.', { name: 'Petrel repairs.txt' }))).toBe(1);
  });
});
