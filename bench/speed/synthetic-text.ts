import { STOP_WORDS } from '../../src/memory/stop-words.ts';
import { randomFrom } from '../memory-store/synthetic-memory.ts';

/** A made-up message of a history, in the fields of a JSON-lines import. */
export interface SyntheticMessage {
  readonly conversation: string;
  readonly id: string;
  readonly role: 'user' | 'assistant';
  readonly text: string;
  readonly time: string;
}

const VOCABULARY = 200_000;
/** The most frequent words are English grammar words, so that texts are read as the language they look like. */
const GRAMMAR = [...STOP_WORDS.en].slice(0, 60);
const CONSONANTS = 'bcdfghjklmnprstvwyz';
const VOWELS = 'aeiou';
const MESSAGES_IN_CONVERSATION = 40;
const MINUTE_MS = 60_000;
const FIRST_MESSAGE = Date.UTC(2022, 0, 1);
/** Paragraphs of some 1 KB become one chunk each. */
const PARAGRAPH_WORDS = 165;

/** Seeds of texts that must not repeat one another. */
const SEEDS = { messages: 10_000_000, files: 20_000_000, questions: 30_000_000 } as const;

/** A word that can be spoken, another for every rank. */
function spoken(rank: number): string {
  const syllables = CONSONANTS.length * VOWELS.length;
  let word = '';
  for (let rest = rank; rest > 0; rest = Math.floor(rest / syllables)) {
    const syllable = rest % syllables;
    word += `${CONSONANTS[Math.floor(syllable / VOWELS.length)]}${VOWELS[syllable % VOWELS.length]}`;
  }
  return `${word}n`;
}

/** A word whose frequency follows Zipf's law with exponent 1: its rank is log-uniform. */
function word(random: () => number): string {
  const rank = Math.floor(VOCABULARY ** random());
  return GRAMMAR[rank - 1] ?? spoken(rank);
}

/** Sentences of 6 to 16 words; one of eight is a question. */
function sentences(random: () => number, words: number): string {
  const parts: string[] = [];
  for (let left = words; left > 0;) {
    const length = Math.min(left, 6 + Math.floor(random() * 11));
    const sentence = Array.from({ length }, () => word(random)).join(' ');
    const end = random() < 0.125 ? '?' : '.';
    parts.push(`${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}${end}`);
    left -= length;
  }
  return parts.join(' ');
}

/** Short questions and long answers in turn, 40 a conversation, a minute apart. */
export function syntheticMessage(number: number): SyntheticMessage {
  const random = randomFrom(SEEDS.messages + number);
  const asked = number % 2 === 0;
  const words = asked ? 6 + Math.floor(random() * 30) : 30 + Math.floor(random() * 140);
  return {
    conversation: `conversation ${Math.floor(number / MESSAGES_IN_CONVERSATION)}`,
    id: `m${number}`,
    role: asked ? 'user' : 'assistant',
    text: sentences(random, words),
    time: new Date(FIRST_MESSAGE + number * MINUTE_MS).toISOString(),
  };
}

/** Paragraph of about 1 KB. */
export function syntheticParagraph(number: number): string {
  return sentences(randomFrom(SEEDS.files + number), PARAGRAPH_WORDS);
}

/** A plain text of paragraphs `first` to `first + count`, without the last. */
export function syntheticFile(first: number, count: number): string {
  return Array.from({ length: count }, (_, index) => syntheticParagraph(first + index)).join('\n\n');
}

/** A question about one of the first `messages` messages: five of its rarer words in a frame; another for every number. */
export function syntheticQuestion(number: number, messages: number): string {
  const random = randomFrom(SEEDS.questions + number);
  const { text } = syntheticMessage(Math.floor(random() * messages));
  const content = text
    .toLowerCase()
    .replaceAll(/[.?]/g, '')
    .split(' ')
    .filter((each) => !STOP_WORDS.en.has(each));
  const start = Math.floor(random() * Math.max(1, content.length - 5));
  const [first = 'this', ...others] = content.slice(start, start + 5);
  return `What did we say about ${first} and ${others.join(' ')} when we talked about ${word(random)}?`;
}
