/** Languages we can write a date in; any other gets English. */
export type WrittenLanguage = 'en' | 'ru' | 'id' | 'it';

/** Names of months as they stand in a date (Russian: genitive). */
const MONTHS: Readonly<Record<WrittenLanguage, readonly string[]>> = {
  en: [
    'January',
    'February',
    'March',
    'April',
    'May',
    'June',
    'July',
    'August',
    'September',
    'October',
    'November',
    'December',
  ],
  ru: [
    'января',
    'февраля',
    'марта',
    'апреля',
    'мая',
    'июня',
    'июля',
    'августа',
    'сентября',
    'октября',
    'ноября',
    'декабря',
  ],
  id: [
    'Januari',
    'Februari',
    'Maret',
    'April',
    'Mei',
    'Juni',
    'Juli',
    'Agustus',
    'September',
    'Oktober',
    'November',
    'Desember',
  ],
  it: [
    'gennaio',
    'febbraio',
    'marzo',
    'aprile',
    'maggio',
    'giugno',
    'luglio',
    'agosto',
    'settembre',
    'ottobre',
    'novembre',
    'dicembre',
  ],
};

/** The language itself if we can write dates in it, else English. */
export function writtenLanguage(language: string | undefined): WrittenLanguage {
  return language === 'ru' || language === 'id' || language === 'it' ? language : 'en';
}

/** A day in words, such as `8 May 2023` or `8 мая 2023`. `time` in ms since the epoch, read in UTC. */
export function readableDay(time: number, language: WrittenLanguage): string {
  const date = new Date(time);
  return `${date.getUTCDate()} ${MONTHS[language][date.getUTCMonth()] ?? ''} ${date.getUTCFullYear()}`;
}

/**
 * Day and time in words, the form conversations are indexed with: `1:56 pm on 8 May, 2023`, in other languages
 * `8 мая 2023 13:56`. `time` in ms since the epoch, read in UTC: times without a zone are stored as UTC, so a history
 * shows the clock its people saw.
 */
export function readableTime(time: number, language: WrittenLanguage): string {
  const date = new Date(time);
  const hours = date.getUTCHours();
  const minutes = String(date.getUTCMinutes()).padStart(2, '0');
  if (language !== 'en') return `${readableDay(time, language)} ${hours}:${minutes}`;
  const clock = `${hours % 12 === 0 ? 12 : hours % 12}:${minutes} ${hours < 12 ? 'am' : 'pm'}`;
  const day = `${date.getUTCDate()} ${MONTHS.en[date.getUTCMonth()] ?? ''}, ${date.getUTCFullYear()}`;
  return `${clock} on ${day}`;
}
