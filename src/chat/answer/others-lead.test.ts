import { expect, it } from 'vitest';
import { detectLanguage } from '../../memory/language.ts';
import { analyse } from '../../memory/analyser.ts';
import { aHit } from '../../../test/fakes/wire-views.ts';
import { othersLead } from './others-lead.ts';
import type { Rated } from './rate-passages.ts';

interface Saying {
  readonly author?: string;
  readonly text: string;
  readonly score: number;
  readonly asks?: boolean;
}

function rated({ author, text, score, asks = false }: Saying): Rated {
  const terms = new Set(analyse(text, 'en').split(' '));
  const language = detectLanguage(text) ?? 'en';
  const { author: _, ...place } = aHit().place;
  const hit = aHit({ text, language, place: author === undefined ? place : { ...place, author } });
  const passage = {
    hit,
    quote: text,
    shown: text,
    picture: false,
    start: 0,
    end: text.length,
    terms,
    about: terms,
    asks,
  };
  return { passage, coverage: 1, named: 1, cosine: undefined, score };
}

const bo = { author: 'Bo', text: 'I painted a sunrise.', score: 2 };

it('is how much better another speaker answers than the one asked about', () => {
  const ana = { author: 'Ana', text: 'I like to paint.', score: 1.5 };
  expect(othersLead([rated(bo), rated(ana)], 'Ana')).toBe(0.5);
});

it('is nothing when nobody is asked about', () => {
  expect(othersLead([rated(bo)], undefined)).toBeUndefined();
});

it.each([
  ['the speaker asked about', { ...bo, author: 'Ana' }],
  ['another about the one asked about', { ...bo, text: 'Look, Ana painted a sunrise.' }],
  ['a document', { text: 'The sunrise was painted in May.', score: 2 }],
])('never counts what is said by %s', (_who, own) => {
  expect(othersLead([rated(own)], 'Ana')).toBeLessThan(0);
});

it('never counts questions', () => {
  expect(othersLead([rated({ ...bo, asks: true })], 'Ana')).toBe(0);
});
