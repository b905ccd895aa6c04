import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import { AppError } from '../../core/errors.ts';

/** Token ids of a text, special tokens included, at most the model's number of them. */
export type Tokenise = (text: string) => readonly number[];

/** A word cut in two at the end of an excerpt changes at most so many tokens before it. */
const BORDER_TOKENS = 128;

/**
 * Opens the tokenizer of a folder. A text that is too long loses its end, but keeps the closing special tokens. Very long
 * texts are not read to their end. Throws `unreadable` when the files are not a tokenizer's.
 */
export async function openTokeniser(folder: string, maxTokens: number): Promise<Tokenise> {
  const tokenizer = await openTokenizer(folder);
  const closing = closingTokens(tokenizer);
  return (text) => {
    const ids = firstTokens(tokenizer, text, maxTokens);
    if (ids.length <= maxTokens) return ids;
    const kept = Math.max(0, maxTokens - closing.length);
    return [...ids.slice(0, kept), ...closing].slice(0, maxTokens);
  };
}

async function openTokenizer(folder: string): Promise<Tokenizer> {
  const read = async (name: string) => JSON.parse(await readFile(join(folder, name), 'utf8')) as object;
  try {
    return new Tokenizer(await read('tokenizer.json'), await read('tokenizer_config.json'));
  } catch (error) {
    throw new AppError(
      'unreadable',
      `tokenizer.json or tokenizer_config.json in ${folder} is damaged or of an unknown kind.`,
      { cause: error },
    );
  }
}

/** The special tokens that follow a text. */
function closingTokens(tokenizer: Tokenizer): number[] {
  const bare = tokenizer.encode('a', { add_special_tokens: false }).ids;
  const whole = tokenizer.encode('a').ids;
  const first = bare[0];
  return first === undefined ? [] : whole.slice(whole.lastIndexOf(first) + bare.length);
}

/** All tokens of a text, or of a beginning of it that holds more than enough. */
function firstTokens(tokenizer: Tokenizer, text: string, maxTokens: number): number[] {
  for (let chars = maxTokens * 16; chars < text.length; chars *= 4) {
    const { ids } = tokenizer.encode(text.slice(0, chars));
    if (ids.length > maxTokens + BORDER_TOKENS) return ids;
  }
  return tokenizer.encode(text).ids;
}
