import { describe, expect, it, test } from 'vitest';
import { fakeCtx } from '../../../test/fakes/ctx.ts';
import { fakeEmbedder } from '../../../test/fakes/embedder.ts';
import { fakeMemoryStore } from '../../../test/fakes/memory-store.ts';
import { written } from '../../../test/fakes/recalled.ts';
import { type ModelScript, type ScriptedModel, scriptedModel } from '../../../test/fakes/scripted-model.ts';
import { fakePersonas, structured } from '../../../test/fakes/talking-room.ts';
import type { Ctx } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import type { ModelOf, ModelPurpose } from '../../ports/language-model.ts';
import type { Hit, RecallRequest } from '../../wire/recall.ts';
import type { AnswerInput, AnswerPiece } from '../answerer.ts';
import { modelAnswerer } from './model-answerer.ts';

const LEASE = written('The lease ends on 31 March 2028.', {}, { id: '1ea5e000-0000-4000-8000-000000000000' });
const INPUT: AnswerInput = {
  answerId: 'a',
  text: 'When does the lease end?',
  mode: 'santai',
  filter: {},
  excludeSources: ['question'],
  history: [],
  userId: 'u',
};

interface Answering {
  readonly hits?: readonly Hit[];
  readonly input?: Partial<AnswerInput>;
  readonly modelOf?: ModelOf;
  readonly ctx?: Partial<Ctx>;
  readonly requests?: (RecallRequest & { readonly excludeSources?: readonly string[] })[];
}

async function* answering(model: ScriptedModel | undefined, how: Answering = {}): AsyncIterable<AnswerPiece> {
  const { hits = [LEASE], input = {}, modelOf = async () => model, ctx = {}, requests = [] } = how;
  const deps = {
    memory: fakeMemoryStore(),
    embedder: () => ({ embedder: fakeEmbedder(), slot: 'text@fake' }),
    async recall(request: RecallRequest) {
      requests.push(request);
      const reading = { asksAssistant: false, terms: [], language: 'en' };
      return { hits: [...hits], reading, meaning: true, considered: 9, leftOut: 0, tookMs: 1 };
    },
    modelOf,
    structured,
    personas: fakePersonas,
  };
  yield* modelAnswerer(deps)({ ...INPUT, ...input }, fakeCtx(ctx));
}

async function answered(script: ModelScript | undefined, how: Answering = {}) {
  const model = script && scriptedModel(script);
  const pieces = await Array.fromAsync(answering(model, how));
  const texts = pieces.flatMap((piece) => (piece.kind === 'text' ? piece.text : []));
  const last = pieces.at(-1);
  if (last?.kind !== 'whole') throw new Error('the answer has no end');
  return { ...last, texts, asked: model?.asked ?? [] };
}

const GOOD = 'It ends on 31 March 2028 [1]. So says [8] the file.';

describe('an answer of a model', () => {
  it('comes in pieces that joined are its text, with the citations that hold', async () => {
    const { texts, answer } = await answered(() => GOOD);
    expect(texts.length).toBeGreaterThan(5);
    expect(texts.join('')).toBe(answer.text);
    expect(answer).toMatchObject({
      kind: 'generated',
      text: 'It ends on 31 March 2028 [1]. So says the file.',
      citations: [{ marker: 1, itemId: LEASE.id, quote: LEASE.text }],
    });
    expect(answer).not.toHaveProperty('interrupted');
  });

  it('may say that there is nothing, and cite nothing', async () => {
    const { answer } = await answered(() => '\n\nThere is nothing about it in memory.', { hits: [] });
    expect(answer).toMatchObject({
      kind: 'generated',
      text: 'There is nothing about it in memory.',
      citations: [],
    });
  });

  it('leaves thoughts and calls of tools aside', async () => {
    const { answer } = await answered(() => [
      { kind: 'reasoning', text: 'Hm.' },
      { kind: 'tool-call', call: { id: '1', name: 'open', arguments: '{}' } },
      { kind: 'text', text: 'In March.' },
      { kind: 'end', reason: 'stop', usage: undefined },
    ]);
    expect(answer.text).toBe('In March.');
  });

  it('is traced: recall, sections, model, tokens, times, fate of each marker', async () => {
    const { trace } = await answered(() => GOOD);
    expect(trace).toMatchObject({
      mode: 'santai',
      meaning: true,
      recalled: [{ itemId: LEASE.id, inPrompt: true }],
      model: { role: 'chat', provider: 'test', model: 'scripted' },
      ended: 'stop',
      tokens: { input: 10, cached: 0 },
      citations: [
        { marker: 1, itemId: LEASE.id, kept: true, reason: 'supported' },
        { marker: 8, kept: false, reason: 'unknown-marker' },
      ],
    });
    expect(trace.sections.map(({ name }) => name)).toEqual(['persona', 'documents', 'message']);
    expect(JSON.stringify(trace)).not.toContain('31 March');
  });

  it('tells which model answered in place of another, and what it cost', async () => {
    const by = { provider: 'other', model: 'small' };
    const { trace } = await answered(() => [
      { kind: 'text', text: 'In March.' },
      { kind: 'end', reason: 'stop', usage: { input: 5, output: 2, cached: 0 }, by, costMicros: 7 },
    ]);
    expect(trace).toMatchObject({ model: { role: 'fallback', ...by }, costMicros: 7 });
  });
});

describe('recall for an answer', () => {
  it('leaves out the question and what the prompt shows anyway', async () => {
    const requests: NonNullable<Answering['requests']> = [];
    const history = [{ id: 'before', role: 'user', text: 'Hello.' }] as const;
    await answered(() => GOOD, { requests, input: { history, filter: { tags: ['home'] } } });
    expect(requests).toMatchObject([
      { filter: { tags: ['home'] }, excludeSources: ['question', 'before'], limit: 12 },
    ]);
  });

  it('goes deeper in the mode pikiran, by the plan of the model', async () => {
    const requests: NonNullable<Answering['requests']> = [];
    const plan = {
      question: 'When does the lease of the flat end?',
      searches: ['notice period'],
      steps: ['Find it.'],
    };
    const { asked, trace } = await answered((request) => (request.output ? JSON.stringify(plan) : GOOD), {
      requests,
      input: { mode: 'pikiran' },
    });
    expect(requests.map(({ question, limit }) => [question, limit])).toEqual([
      [plan.question, 45],
      ['notice period', 45],
    ]);
    expect(asked).toHaveLength(2);
    expect(trace.sections.map(({ name }) => name)).toContain('plan');
    expect(trace.tokens?.input).toBe(20);
  });

  it('goes on without a plan', async () => {
    const { answer } = await answered((request) => (request.output ? 'no plan' : GOOD), {
      input: { mode: 'pikiran' },
    });
    expect(answer.kind).toBe('generated');
  });
});

describe('the floor answers by quotes', () => {
  const failing = (code: 'unavailable' | 'budget-exceeded') => () => [new AppError(code, 'no')];
  it.each<[string, ModelScript | undefined, string]>([
    ['when no model is configured', undefined, 'no-model'],
    ['when the model fails before its first word', failing('unavailable'), 'unavailable'],
    ['when the budget is used up', failing('budget-exceeded'), 'budget-exceeded'],
    ['when the model says nothing', () => [{ kind: 'end', reason: 'stop', usage: undefined }], 'empty'],
    ['when all it says is a marker of nothing', () => '[9]', 'empty'],
  ])('%s', async (_, script, fellBack) => {
    const { answer, trace, texts } = await answered(script);
    expect(answer).toMatchObject({ kind: 'extractive', citations: [{ itemId: LEASE.id }] });
    expect(texts.join('')).toBe(answer.text);
    expect(trace.fellBack).toBe(fellBack);
    expect(answer.fellBack).toBe(fellBack === 'no-model' ? undefined : fellBack);
    expect(trace).not.toHaveProperty('model');
  });

  it('when the settings of the model cannot be read', async () => {
    const modelOf: ModelOf = () => Promise.reject(new AppError('unavailable', 'The key cannot be opened.'));
    expect((await answered(undefined, { modelOf })).trace.fellBack).toBe('unavailable');
  });
});

describe('an answer that breaks off', () => {
  it.each<[string, ModelScript, string]>([
    [
      'by a failure after its first word',
      () => [{ kind: 'text', text: 'It ends on 31 March 2028 [1' }, new AppError('timeout', 'late')],
      'timeout',
    ],
    [
      'at the limit of its tokens',
      () => [
        { kind: 'text', text: 'It ends on 31 March 2028 [1' },
        { kind: 'end', reason: 'length', usage: undefined },
      ],
      'length',
    ],
  ])('%s stays as far as it came and is marked', async (_, script, ended) => {
    const { answer, trace, texts } = await answered(script);
    expect(answer).toMatchObject({
      kind: 'generated',
      text: 'It ends on 31 March 2028',
      interrupted: true,
      cutBy: ended,
      citations: [],
    });
    expect(texts.join('')).toBe(answer.text);
    expect(trace.ended).toBe(ended);
  });

  it('by a stop keeps what was said, and the model is not asked further', async () => {
    const stopping = new AbortController();
    const model = scriptedModel(() => 'It ends on 31 March 2028 [1]. So says the file.');
    const pieces: AnswerPiece[] = [];
    for await (const piece of answering(model, { ctx: { signal: stopping.signal } })) {
      pieces.push(piece);
      if (pieces.length === 3) stopping.abort();
    }
    expect(pieces.at(-1)).toMatchObject({
      kind: 'whole',
      answer: { text: 'It ends on', interrupted: true, cutBy: 'aborted' },
      trace: { ended: 'aborted' },
    });
  });
});

describe('the persona', () => {
  it('is the one that was asked for', async () => {
    const { asked } = await answered(() => GOOD, { input: { persona: 'plain' } });
    expect(asked[0]?.messages[0]).toMatchObject({
      role: 'system',
      text: expect.stringMatching(/^You are plain Jiwa\./u),
    });
  });

  it('that there is not is refused with the names of those there are', async () => {
    await expect(answered(() => GOOD, { input: { persona: 'none' } })).rejects.toMatchObject({
      code: 'not-found',
      message: 'Expected the name of a persona, got none; there are: default, plain.',
    });
  });
});

test('calls are booked by a version that changes with persona and mode', async () => {
  const purposes: ModelPurpose[] = [];
  const model = scriptedModel(() => GOOD);
  const modelOf: ModelOf = async (_, purpose) => {
    purposes.push(purpose);
    return model;
  };
  await answered(undefined, { modelOf });
  await answered(undefined, { modelOf });
  await answered(undefined, { modelOf, input: { persona: 'plain' } });
  await answered(undefined, { modelOf, input: { mode: 'pikiran' } });
  expect(purposes.every(({ promptVersion }) => /^[0-9a-f]{12}$/u.test(promptVersion))).toBe(true);
  expect(purposes.map(({ feature }) => feature)).toEqual(['chat', 'chat', 'chat', 'chat', 'chat-plan']);
  expect(new Set(purposes.map(({ promptVersion }) => promptVersion)).size).toBe(4);
});
