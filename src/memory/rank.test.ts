import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { candidate as plainCandidate } from '../../test/fakes/candidate.ts';
import type { Candidate } from '../ports/memory-store.ts';
import { rank, type RankQuestion } from './rank.ts';

const QUESTION: RankQuestion = { askedRole: 'user', knows: () => true };

/** One of a conversation, unless the test says otherwise. */
const candidate = (id: string, changes: Partial<Candidate> = {}) =>
  plainCandidate(id, { sessionId: 's', ...changes });

const order = (candidates: readonly Candidate[], question: Partial<RankQuestion> = {}) =>
  rank(candidates, { ...QUESTION, ...question }).map((one) => one.candidate.id);

/** Places far apart, so that nobody is anybody's neighbour. */
const apart = (candidates: readonly Candidate[]) =>
  candidates.map((one, i): Candidate => ({ ...one, position: i * 10 }));

const anyCandidate = fc.record({
  kind: fc.constantFrom('message' as const, 'chunk' as const),
  sessionId: fc.constantFrom('s', 't'),
  position: fc.nat(20),
  role: fc.constantFrom('user' as const, 'assistant' as const, 'person' as const),
  author: fc.constantFrom('Ana', 'Bo'),
  createdAt: fc.nat(5),
  asks: fc.boolean(),
  trust: fc.constant(4 as const),
  words: fc.double({ min: 0, max: 30, noNaN: true }),
  cosines: fc
    .option(fc.double({ min: -1, max: 1, noNaN: true }), { nil: undefined })
    .map((cosine) => [cosine]),
});
const anyCandidates = fc
  .array(anyCandidate, { maxLength: 30 })
  .map((all) => all.map((one, i): Candidate => ({ ...one, id: `id-${i}` })));

describe('ranking', () => {
  it('of nothing is nothing', () => {
    expect(rank([], QUESTION)).toEqual([]);
  });

  it('does not depend on the order the candidates came in', () => {
    fc.assert(
      fc.property(
        anyCandidates.chain((all) =>
          fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
        ),
        ([all, shuffled]) => {
          expect(rank(shuffled, QUESTION)).toEqual(rank(all, QUESTION));
        },
      ),
    );
  });

  it('explains each score by parts that sum to it', () => {
    fc.assert(
      fc.property(anyCandidates, (all) => {
        for (const { score, signals } of rank(all, { ...QUESTION, speaker: 'Ana' })) {
          const sum = Object.values(signals).reduce((total, part) => total + part, 0);
          expect(score).toBeCloseTo(sum, 9);
          expect(Number.isFinite(score)).toBe(true);
        }
      }),
    );
  });

  it('puts every candidate in exactly one place', () => {
    fc.assert(
      fc.property(anyCandidates, (all) => {
        expect(order(all).toSorted()).toEqual(all.map(({ id }) => id).toSorted());
      }),
    );
  });

  it('never lowers a candidate for matching more words, all else equal', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { minLength: 2, maxLength: 20 }), fc.nat(19), (words, pick) => {
        const all = apart(words.map((score, i) => candidate(`id-${i}`, { words: score })));
        const at = pick % all.length;
        const id = `id-${at}`;
        const better = all.map((one) => (one.id === id ? { ...one, words: one.words + 5 } : one));
        expect(order(better).indexOf(id)).toBeLessThanOrEqual(order(all).indexOf(id));
      }),
    );
  });

  it('counts an item that has no vector yet as average in meaning', () => {
    const all = apart([
      candidate('near', { cosines: [0.9] }),
      candidate('new', { cosines: [undefined] }),
      candidate('far', { cosines: [0.1] }),
    ]);
    expect(order(all)).toEqual(['near', 'new', 'far']);
  });

  it('hardly counts meaning where the embedder does not know the language', () => {
    const all = apart([candidate('words', { words: 5 }), candidate('meaning', { cosines: [1] })]);
    const meaning = (knows: RankQuestion['knows']) =>
      rank(all, { ...QUESTION, knows }).find((one) => one.candidate.id === 'meaning')?.signals.meaning ?? 0;
    expect(meaning(() => false)).toBeLessThan(meaning(() => true) / 2);
    expect(order(all, { knows: () => false })).toEqual(['words', 'meaning']);
  });

  it('breaks ties by the newer, then by id', () => {
    const all = apart([
      candidate('b', { createdAt: 1 }),
      candidate('a', { createdAt: 1 }),
      candidate('c', { eventTime: 2 }),
    ]);
    expect(order(all)).toEqual(['c', 'a', 'b']);
  });
});

describe('a neighbour', () => {
  const found = candidate('found', { words: 9, position: 5 });
  const others = Array.from({ length: 8 }, (_, i) => candidate(`other-${i}`, { position: 100 + 10 * i }));

  it('of a good hit in the same session gains by it, less two away, nothing in another session', () => {
    const near = candidate('near', { position: 6 });
    const two = candidate('two', { position: 3 });
    const foreign = candidate('foreign', { position: 4, sessionId: 't' });
    const signals = new Map(
      rank([found, near, two, foreign, ...others], QUESTION).map((one) => [one.candidate.id, one.signals]),
    );
    expect(signals.get('near')?.neighbours).toBeGreaterThan(signals.get('two')?.neighbours ?? 0);
    expect(signals.get('two')?.neighbours).toBeGreaterThan(0);
    expect(signals.get('foreign')?.neighbours).toBe(0);
  });

  it('that is poor is no worse than none', () => {
    const alone = rank([found, ...others], QUESTION).find((one) => one.candidate.id === 'other-0');
    expect(alone?.signals.neighbours).toBe(0);
    fc.assert(
      fc.property(anyCandidates, (all) => {
        const said = all.filter(({ kind }) => kind !== 'chunk');
        for (const { signals } of rank(said, QUESTION)) expect(signals.neighbours).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('who said it', () => {
  const both = apart([
    candidate('mine', { role: 'user' }),
    candidate('theirs', { role: 'assistant', createdAt: 5 }),
    candidate('neither', { role: 'person', createdAt: 9 }),
  ]);

  it('prefers the person’s own messages, other people’s and documents in between', () => {
    expect(order(both)).toEqual(['mine', 'neither', 'theirs']);
  });

  it('is turned round when the question asks what the assistant said', () => {
    expect(order(both, { askedRole: 'assistant' })).toEqual(['theirs', 'neither', 'mine']);
  });

  it('does not matter when the question looks back on both', () => {
    expect(order(both, { askedRole: 'both' })).toEqual(['neither', 'theirs', 'mine']);
  });

  it('prefers turns of the speaker the question names', () => {
    const turns = apart([
      candidate('bo', { author: 'Bo', createdAt: 9 }),
      candidate('ana', { author: 'Ana' }),
    ]);
    expect(order(turns, { speaker: 'Ana' })).toEqual(['ana', 'bo']);
  });
});

describe('a question turn', () => {
  const turns = (role: 'person' | 'assistant', answerer: string) => [
    candidate('question', { role, author: 'Ana', asks: true, words: 9, position: 0 }),
    candidate('answer', { role, author: answerer, position: 1 }),
    ...apart(Array.from({ length: 8 }, (_, i) => candidate(`other-${i}`, { sessionId: 't' }))),
  ];
  const answering = (candidates: readonly Candidate[], id: string) =>
    rank(candidates, QUESTION).find((one) => one.candidate.id === id)?.signals.answering;

  it('lends score to the next turn of the other person and steps back itself', () => {
    expect(answering(turns('person', 'Bo'), 'answer')).toBeGreaterThan(0);
    expect(answering(turns('person', 'Bo'), 'question')).toBeLessThan(0);
  });

  it('lends nothing to its own speaker, nor in an assistant chat', () => {
    expect(answering(turns('person', 'Ana'), 'answer')).toBe(0);
    expect(answering(turns('assistant', 'Bo'), 'answer')).toBe(0);
    expect(answering(turns('assistant', 'Bo'), 'question')).toBe(0);
  });
});

describe('a named time', () => {
  const all = apart([
    candidate('then', { eventTime: 15 }),
    candidate('words', { words: 9 }),
    candidate('edge', { eventTime: 20 }),
  ]);

  it('prefers what was said then, without shutting out the rest', () => {
    const ranked = rank(all, { ...QUESTION, time: { from: 10, to: 20, said: false } });
    expect(ranked.map(({ candidate: { id }, signals }) => [id, signals.time > 0])).toEqual([
      ['words', false],
      ['then', true],
      ['edge', false],
    ]);
  });

  it('goes before the words when the question asks what was said then', () => {
    expect(order(all, { time: { from: 10, to: 20, said: true } })[0]).toBe('then');
  });
});
