import { beforeAll, describe, expect, it } from 'vitest';
import { bundledModelFolder } from './bundled-model.ts';
import { openTokeniser, type Tokenise } from './tokenise.ts';

const CLS = 101;
const SEP = 102;

describe('openTokeniser', () => {
  let whole: Tokenise;
  let short: Tokenise;
  beforeAll(async () => {
    whole = await openTokeniser(bundledModelFolder(), 10_000);
    short = await openTokeniser(bundledModelFolder(), 16);
  });

  it('surrounds a text with the special tokens of the model', () => {
    expect(whole('hello world')).toEqual([CLS, 7592, 2088, SEP]);
    expect(whole('')).toEqual([CLS, SEP]);
  });

  it('cuts the end of a long text but keeps the closing token', () => {
    const text = 'one two three four five '.repeat(8);
    expect(short(text)).toEqual([...whole(text).slice(0, 15), SEP]);
  });

  it('reads of a huge text only the beginning, with the same result', () => {
    const text = 'extraordinarily '.repeat(500_000);
    expect(short(text)).toEqual(short(text.slice(0, 4_000)));
  });

  it('looks further when a text begins with much that is no token', () => {
    const text = ' '.repeat(5_000) + 'one two three '.repeat(300);
    expect(short(text)).toEqual(short(text.trim()));
  });
});
