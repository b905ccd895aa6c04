import { describe, expect, it } from 'vitest';
import { namedTime } from './query-time.ts';

/** Wednesday. */
const NOW = Date.UTC(2024, 0, 10, 12);
const day = (time: number) => new Date(time).toISOString().slice(0, 10);
const named = (question: string, language?: string) => {
  const time = namedTime(question, language, NOW);
  return time && [day(time.from), day(time.to)];
};

describe('the time a question names', () => {
  it.each([
    ['en', 'What did I say yesterday?', '2024-01-09', '2024-01-10'],
    ['en', 'What did we discuss last week?', '2024-01-01', '2024-01-08'],
    ['en', 'the party last weekend', '2024-01-06', '2024-01-08'],
    ['en', 'What happened two weeks ago?', '2023-12-25', '2024-01-01'],
    ['en', 'last Friday', '2024-01-05', '2024-01-06'],
    ['en', 'Where was I on 8 May, 2023?', '2023-05-08', '2023-05-09'],
    ['en', 'the trip in July 2023', '2023-07-01', '2023-08-01'],
    ['en', 'What happened in May?', '2023-05-01', '2023-06-01'],
    ['en', 'the hotel of April 6-7', '2023-04-06', '2023-04-08'],
    ['en', 'my job in 2022', '2022-01-01', '2023-01-01'],
    ['ru', 'что я говорил вчера', '2024-01-09', '2024-01-10'],
    ['ru', 'поездка в мае 2023 года', '2023-05-01', '2023-06-01'],
    ['ru', 'что было на прошлой неделе', '2024-01-01', '2024-01-08'],
    ['ru', 'что я делал в 2022 году', '2022-01-01', '2023-01-01'],
    ['id', 'apa yang saya katakan kemarin', '2024-01-09', '2024-01-10'],
    ['id', 'rapat minggu lalu', '2024-01-01', '2024-01-08'],
    ['id', 'perjalanan bulan Mei 2023', '2023-05-01', '2023-06-01'],
    ['id', 'pekerjaan saya tahun 2019', '2019-01-01', '2020-01-01'],
    ['it', 'cosa ho detto ieri', '2024-01-09', '2024-01-10'],
    ['it', 'la settimana scorsa', '2024-01-01', '2024-01-08'],
    ['it', 'il viaggio di maggio 2023', '2023-05-01', '2023-06-01'],
  ])('(%s) "%s" is from %s to %s', (language, question, from, to) => {
    expect(named(question, language)).toEqual([from, to]);
  });

  it('is found in any language when the question’s is unclear', () => {
    expect(named('minggu lalu')).toEqual(['2024-01-01', '2024-01-08']);
  });

  it('reaches until now for a stretch up to now', () => {
    expect(namedTime('over the past two weeks', 'en', NOW)?.to).toBe(NOW);
  });

  it.each([
    'What should I do next month?',
    'a few years ago',
    'How may I help?',
    'I sat down in the sun',
    'the week before August 3, 2023',
    'since last Friday',
    'between May 3, 2023 and June 5, 2023',
    'What is my name?',
  ])('is none in "%s"', (question) => {
    expect(named(question, 'en')).toBeUndefined();
  });

  it('is relative when counted from now', () => {
    expect(namedTime('yesterday', 'en', NOW)?.relative).toBe(true);
    expect(namedTime('on 8 May 2023', 'en', NOW)?.relative).toBe(false);
  });
});
