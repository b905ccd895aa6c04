import { describe, expect, it } from 'vitest';
import { said, written } from '../../../test/fakes/recalled.ts';
import { detectLanguage } from '../../memory/language.ts';
import type { Hit } from '../../wire/recall.ts';
import { evidence, supports } from './support.ts';

const borneOut = (text: string, hit: Hit, language = detectLanguage(text)) =>
  supports(hit, evidence(hit), { text, language });

const lease = written('The lease of the flat begins on 1 April 2025. It ends on 31 March 2028.');
const bali = said('I moved to Bali last week and I am very happy here.', { author: 'Ana' });

describe('words support', () => {
  it.each([
    ['what says the same', 'The lease ends on 31 March 2028.', lease],
    ['what says it in other words of the same stem', 'Ana is happy since moving to Bali.', bali],
    ['what names who said it', 'It was Ana who moved to Bali.', bali],
    ['the day on which it was said', 'She wrote about moving on Monday, 8 May 2023.', bali],
    ['a part of it', '**Bali** — the move', bali],
    [
      'what stands round it',
      'You went to Bali with Maria.',
      said('Yes, with Maria.', {}, { neighbours: [{ id: 'x', distance: -1, text: 'Did you go to Bali?' }] }),
    ],
    [
      'a Russian sentence with other endings',
      'Анна переехала в Варшаву.',
      said('Я переезжаю в Варшаву', { author: 'Анна' }),
    ],
    ['an Indonesian sentence', 'Anda pindah rumah bulan Mei.', said('Saya pindah rumah kemarin')],
    [
      'a name and number in another language',
      'Sewa berakhir pada 31 Maret 2028.',
      written('The lease ends on 31/3/2028, in March, Maret.'),
    ],
  ])('%s', (_, text, hit) => {
    expect(borneOut(text, hit)).toBe(true);
  });
});

describe('words do not support', () => {
  it.each([
    [
      'what only an assistant said round it',
      'You went to Bali with Maria.',
      said(
        'With whom was it?',
        {},
        {
          neighbours: [{ id: 'x', distance: 1, role: 'assistant', text: 'You went to Bali with Maria.' }],
        },
      ),
    ],
    ['another number', 'The lease ends on 30 March 2028.', lease],
    ['another year', 'The lease ends on 31 March 2029.', lease],
    ['another name', 'The lease with Maria ends on 31 March 2028.', lease],
    ['something else about the same person', 'It is Ana who hates coffee.', bali],
    ['something else', 'The weather will be fine.', lease],
    ['mere grammar', 'It is so, and that is that.', lease],
    ['nothing', '', lease],
  ])('%s', (_, text, hit) => {
    expect(borneOut(text, hit)).toBe(false);
  });
});
