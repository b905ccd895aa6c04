import { expect, test } from 'vitest';
import { fakeCtx } from '../../../test/fakes/ctx.ts';
import { said } from '../../../test/fakes/recalled.ts';
import { QUOTING_TAG } from '../../memory/message-items.ts';
import type { RecallResult } from '../../wire/recall.ts';
import type { Recall } from '../chat-deps.ts';
import { fused, recallWidely } from './recall-widely.ts';

const [a, b, c, d] = [said('a'), said('b'), said('c'), said('d')];
const found = (question: string, hits: RecallResult['hits']): RecallResult => ({
  hits,
  reading: { asksAssistant: false, terms: [question] },
  meaning: true,
  considered: hits.length,
  leftOut: 0,
  tookMs: 1,
});

test('what several questions find comes first, the rest by its place', () => {
  expect(
    fused([
      [a, b],
      [c, b],
      [b, d],
    ]).map(({ text }) => text),
  ).toEqual(['b', 'a', 'c', 'd']);
});

test('every question is recalled, and the first tells how it was read', async () => {
  const asked: Parameters<Recall>[0][] = [];
  const recall: Recall = async (request) => {
    asked.push(request);
    return found(request.question, request.question === 'first' ? [a] : [a, b]);
  };
  const wide = { questions: ['first', 'second'], filter: { tags: ['x'] }, excludeSources: ['me'], limit: 2 };
  const result = await recallWidely(wide, recall, fakeCtx());
  expect(result.hits.map(({ text }) => text)).toEqual(['a', 'b']);
  expect(result.reading.terms).toEqual(['first']);
  expect(asked).toMatchObject([
    { question: 'first', filter: { tags: ['x'] }, excludeSources: ['me'], limit: 3 },
    { question: 'second', filter: { tags: ['x'] }, excludeSources: ['me'], limit: 3 },
  ]);
});

test('earlier questions, and answers that cite, are left out, unless it is asked what was answered', async () => {
  const answer = said('You said a.', { role: 'assistant' }, { tags: [QUOTING_TAG] });
  const question = said('Where is a?');
  const wide = { questions: ['q'], filter: {}, excludeSources: [], limit: 2 };
  const recalled = async (asksAssistant: boolean) => {
    const reading = { asksAssistant, terms: [] };
    const recall: Recall = async () => ({ ...found('q', [answer, question, a, b]), reading });
    return (await recallWidely(wide, recall, fakeCtx())).hits.map(({ text }) => text);
  };
  expect(await recalled(false)).toEqual(['a', 'b']);
  expect(await recalled(true)).toEqual(['You said a.', 'Where is a?']);
});
