import { readableDay, type WrittenLanguage } from '../../memory/readable-time.ts';
import type { Place } from '../../wire/recall.ts';

/** The few words an answer made of quotes needs around them. */
interface Phrases {
  readonly nothing: string;
  readonly said: (day: string, place: Pick<Place, 'role' | 'author'>) => string;
  readonly quote: (text: string) => string;
}

/** `il 7`, but `l'8` and `l'11`: the article before a day's number. */
const italianDay = (day: string) => (/^(?:8|11) /u.test(day) ? `L’${day}` : `Il ${day}`);

const PHRASES: Readonly<Record<WrittenLanguage, Phrases>> = {
  en: {
    nothing: 'There is nothing about this in memory.',
    said: (day, { role, author }) => {
      const speaker = { user: 'you', assistant: 'the assistant', person: 'someone', system: 'the system' };
      return `On ${day} ${author ?? speaker[role ?? 'person']} said:`;
    },
    quote: (text) => `“${text}”`,
  },
  ru: {
    nothing: 'В памяти об этом ничего нет.',
    said: (day, { role, author }) => {
      const speaker = { user: 'ваши слова', assistant: 'ассистент', person: 'собеседник', system: 'система' };
      return `${day} года, ${author ?? speaker[role ?? 'person']}:`;
    },
    quote: (text) => `«${text}»`,
  },
  id: {
    nothing: 'Tidak ada apa pun tentang ini dalam ingatan.',
    said: (day, { role, author }) => {
      const speaker = { user: 'Anda', assistant: 'asisten', person: 'seseorang', system: 'sistem' };
      return `Pada ${day} ${author ?? speaker[role ?? 'person']} berkata:`;
    },
    quote: (text) => `“${text}”`,
  },
  it: {
    nothing: 'Nella memoria non c’è nulla su questo.',
    said: (day, { role, author }) => {
      const speaker = { user: '', assistant: 'l’assistente', person: 'qualcuno', system: 'il sistema' };
      const who = author ?? speaker[role ?? 'person'];
      return who === '' ? `${italianDay(day)} hai detto:` : `${italianDay(day)} ${who} ha detto:`;
    },
    quote: (text) => `«${text}»`,
  },
};

/** What to say when memory holds nothing on a question. */
export function nothingFound(language: WrittenLanguage): string {
  return PHRASES[language].nothing;
}

/** `On 8 May 2023 Caroline said: “…”` in the question's language; `quotes` already carry their markers. */
export function attributed(place: Place, quotes: string, language: WrittenLanguage): string {
  const { said, quote } = PHRASES[language];
  return `${said(readableDay(place.time, language), place)} ${quote(quotes)}`;
}
