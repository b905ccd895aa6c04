import { readableDay, type WrittenLanguage } from '../../memory/readable-time.ts';
import type { Place } from '../../wire/recall.ts';

type Introduction = (day: string, place: Pick<Place, 'role' | 'author'>) => string;

/** The few words an answer made of quotes needs around them. */
interface Phrases {
  readonly nothing: string;
  readonly remembered: string;
  readonly said: Introduction;
  /** Introduces a picture alone. */
  readonly showed: Introduction;
  readonly picture: string;
  readonly quote: (text: string) => string;
}

/** `il 7`, but `l'8` and `l'11`: the article before a day's number. */
const italianDay = (day: string) => (/^(?:8|11) /u.test(day) ? `L’${day}` : `Il ${day}`);

const english =
  (verb: string): Introduction =>
  (day, { role, author }) => {
    const speaker = { user: 'you', assistant: 'the assistant', person: 'someone', system: 'the system' };
    return `On ${day} ${author ?? speaker[role ?? 'person']} ${verb}:`;
  };

const russian: Introduction = (day, { role, author }) => {
  const speaker = { user: 'ваши слова', assistant: 'ассистент', person: 'собеседник', system: 'система' };
  return `${day} года, ${author ?? speaker[role ?? 'person']}:`;
};

const indonesian =
  (verb: string): Introduction =>
  (day, { role, author }) => {
    const speaker = { user: 'Anda', assistant: 'asisten', person: 'seseorang', system: 'sistem' };
    return `Pada ${day} ${author ?? speaker[role ?? 'person']} ${verb}:`;
  };

const italian =
  (participle: string): Introduction =>
  (day, { role, author }) => {
    const speaker = { user: '', assistant: 'l’assistente', person: 'qualcuno', system: 'il sistema' };
    const who = author ?? speaker[role ?? 'person'];
    const verb = who === '' ? 'hai' : `${who} ha`;
    return `${italianDay(day)} ${verb} ${participle}:`;
  };

const PHRASES: Readonly<Record<WrittenLanguage, Phrases>> = {
  en: {
    nothing: 'There is nothing about this in memory.',
    remembered: 'I will remember that.',
    said: english('said'),
    showed: english('showed'),
    picture: 'picture',
    quote: (text) => `“${text}”`,
  },
  ru: {
    nothing: 'В памяти об этом ничего нет.',
    remembered: 'Я это запомню.',
    said: russian,
    showed: russian,
    picture: 'снимок',
    quote: (text) => `«${text}»`,
  },
  id: {
    nothing: 'Tidak ada apa pun tentang ini dalam ingatan.',
    remembered: 'Ini akan saya ingat.',
    said: indonesian('berkata'),
    showed: indonesian('menunjukkan'),
    picture: 'gambar',
    quote: (text) => `“${text}”`,
  },
  it: {
    nothing: 'Nella memoria non c’è nulla su questo.',
    remembered: 'Lo ricorderò.',
    said: italian('detto'),
    showed: italian('mostrato'),
    picture: 'immagine',
    quote: (text) => `«${text}»`,
  },
};

/** What to say when memory holds nothing on a question. */
export function nothingFound(language: WrittenLanguage): string {
  return PHRASES[language].nothing;
}

/** What to say to a message that asks nothing. */
export function remembered(language: WrittenLanguage): string {
  return PHRASES[language].remembered;
}

/** What a picture shows, told apart from what was said. */
export function pictured(caption: string, language: WrittenLanguage): string {
  return `[${PHRASES[language].picture}: ${caption}]`;
}

/** What one speaker said and what the pictures with it show, each with its markers, either of them perhaps empty. */
interface Told {
  readonly said: string;
  readonly pictures: string;
}

/** `On 8 May 2023 Caroline said: “…” [picture: …]` in the question's language. */
export function attributed(place: Place, told: Told, language: WrittenLanguage): string {
  const { said, showed, quote } = PHRASES[language];
  const day = readableDay(place.time, language);
  if (told.said === '') return `${showed(day, place)} ${told.pictures}`;
  return `${said(day, place)} ${quote(told.said)} ${told.pictures}`.trimEnd();
}
