import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundledModelFolder } from '../../src/adapters/embedder/bundled-model.ts';
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

/** Made-up texts that are the same in every run. */
export interface SyntheticTexts {
  /** Short questions and long answers in turn, 40 a conversation, a minute apart. */
  message(number: number): SyntheticMessage;
  /** About 1 KB, which becomes one chunk. */
  paragraph(number: number): string;
  /** A plain text of paragraphs from `first` on. */
  file(first: number, paragraphs: number): string;
  /** A question about one of the first `messages` messages: four of its rarer words in a frame; another for every number. */
  question(number: number, messages: number): string;
}

const VOCABULARY = 50_000;
const MESSAGES_IN_CONVERSATION = 40;
const MINUTE_MS = 60_000;
const FIRST_MESSAGE = Date.UTC(2022, 0, 1);
const PARAGRAPH_WORDS = 155;
const CONSONANTS = 'bcdfghjklmnprstvwyz';
const VOWELS = 'aeiou';

/** Seeds of texts that must not repeat one another. */
const SEEDS = { messages: 10_000_000, paragraphs: 20_000_000, questions: 30_000_000 } as const;

/** The whole English words of the bundled encoder, the frequent ones first: real ones cost it as much as people's do. */
async function englishWords(): Promise<string[]> {
  const file = await readFile(join(bundledModelFolder(), 'tokenizer.json'), 'utf8');
  const { model } = JSON.parse(file) as { model: { vocab: Record<string, number> } };
  const frequent = [...STOP_WORDS.en].slice(0, 60);
  const others = Object.keys(model.vocab).filter((word) => /^[a-z]{3,}$/.test(word));
  return [...new Set([...frequent, ...others])];
}

/** A word that no language has but that can be spoken, another for every rank: names, slips, terms of a trade. */
function spoken(rank: number): string {
  const syllables = CONSONANTS.length * VOWELS.length;
  let word = '';
  for (let rest = rank; rest > 0; rest = Math.floor(rest / syllables)) {
    const syllable = rest % syllables;
    word += `${CONSONANTS[Math.floor(syllable / VOWELS.length)]}${VOWELS[syllable % VOWELS.length]}`;
  }
  return `${word}n`;
}

/** Sentences of 6 to 16 words; one of eight is a question. */
function sentences(next: () => string, random: () => number, words: number): string {
  const parts: string[] = [];
  for (let left = words; left > 0;) {
    const length = Math.min(left, 6 + Math.floor(random() * 11));
    const sentence = Array.from({ length }, next).join(' ');
    const end = random() < 0.125 ? '?' : '.';
    parts.push(`${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}${end}`);
    left -= length;
  }
  return parts.join(' ');
}

/** Words follow Zipf's law with exponent 1 (the rank is log-uniform); 8 % are beyond the encoder's vocabulary. */
export async function syntheticTexts(): Promise<SyntheticTexts> {
  const words = await englishWords();
  const wordFrom = (random: () => number) => {
    const rank = Math.floor(VOCABULARY ** random());
    return words[rank - 1] ?? spoken(rank);
  };
  const text = (random: () => number, length: number) => sentences(() => wordFrom(random), random, length);

  const texts: SyntheticTexts = {
    message(number) {
      const random = randomFrom(SEEDS.messages + number);
      const asked = number % 2 === 0;
      const length = asked ? 6 + Math.floor(random() * 30) : 30 + Math.floor(random() * 140);
      return {
        conversation: `conversation ${Math.floor(number / MESSAGES_IN_CONVERSATION)}`,
        id: `m${number}`,
        role: asked ? 'user' : 'assistant',
        text: text(random, length),
        time: new Date(FIRST_MESSAGE + number * MINUTE_MS).toISOString(),
      };
    },
    paragraph: (number) => text(randomFrom(SEEDS.paragraphs + number), PARAGRAPH_WORDS),
    file: (first, paragraphs) =>
      Array.from({ length: paragraphs }, (_, index) => texts.paragraph(first + index)).join('\n\n'),
    question(number, messages) {
      const random = randomFrom(SEEDS.questions + number);
      const said = texts.message(Math.floor(random() * messages)).text;
      const content = said
        .toLowerCase()
        .split(/[^a-z]+/)
        .filter((word) => word !== '' && !STOP_WORDS.en.has(word));
      const start = Math.floor(random() * Math.max(1, content.length - 4));
      const [first = 'this', ...others] = content.slice(start, start + 4);
      return `What did we say about ${first}, ${others.join(' ')} and ${wordFrom(random)}?`;
    },
  };
  return texts;
}
