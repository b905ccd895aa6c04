import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { splitCaption, withCaption } from './caption.ts';

const noMarks = (text: string) => !text.includes('[picture:');

it('gives text and caption back', () => {
  const words = fc.stringMatching(/^[a-z]{1,8}( [a-z]{1,8}){0,5}$/u);
  fc.assert(
    fc.property(fc.string().filter(noMarks), words, (text, caption) => {
      expect(splitCaption(withCaption(text, caption))).toEqual({ text, caption });
    }),
  );
});

it('leaves a text without a caption as it is', () => {
  fc.assert(
    fc.property(fc.string().filter(noMarks), (text) => {
      expect(splitCaption(withCaption(text, undefined))).toEqual({ text });
    }),
  );
});
