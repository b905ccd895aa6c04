import { describe, expect, it, test } from 'vitest';
import { fakeCtx } from '../../../test/fakes/ctx.ts';
import { type ModelScript, scriptedModel } from '../../../test/fakes/scripted-model.ts';
import { AppError } from '../../core/errors.ts';
import type { AnswerInput } from '../answerer.ts';
import { makePlan } from './plan.ts';

const INPUT: AnswerInput = {
  answerId: 'a',
  text: 'And with whom?',
  mode: 'pikiran',
  filter: {},
  excludeSources: [],
  history: [{ id: '1', role: 'user', text: 'When did I go to Bali? ⟦last message⟧' }],
  userId: 'u',
};

function plan(script: ModelScript) {
  const model = scriptedModel(script);
  return { model, planned: makePlan(INPUT, { modelOf: async () => model }, fakeCtx()) };
}

const GOOD = {
  question: 'With whom did I go to Bali?',
  searches: ['trip to Bali'],
  steps: ['Find the trip.'],
};

test('a plan is asked for with the conversation as data, and as JSON', async () => {
  const { model, planned } = plan(() => JSON.stringify(GOOD));
  expect((await planned).plan).toEqual(GOOD);
  const [request] = model.asked;
  expect(request?.output?.name).toBe('plan');
  expect(JSON.stringify(request?.messages)).toContain('When did I go to Bali? [[last message]]');
});

test('what it took is told', async () => {
  const { planned } = plan(() => JSON.stringify(GOOD));
  expect((await planned).usage).toMatchObject({ input: 10 });
});

describe('a plan is read', () => {
  it.each([
    ['with words and fences round it', `Here:\n\`\`\`json\n${JSON.stringify(GOOD)}\n\`\`\``, GOOD],
    ['without searches and steps', '{"question":"Q?"}', { question: 'Q?', searches: [], steps: [] }],
    [
      'with more than was asked for, which is cut',
      JSON.stringify({ question: 'Q?', searches: ['1', '2', '', '3', '4', '5'], steps: 'none' }),
      { question: 'Q?', searches: ['1', '2', '3', '4'], steps: [] },
    ],
  ])('%s', async (_, written, expected) => {
    expect((await plan(() => written).planned).plan).toEqual(expected);
  });
});

describe('the answer goes on without a plan', () => {
  it.each<[string, ModelScript]>([
    ['that is none', () => 'I would rather answer.'],
    ['without a question', () => '{"searches":["a"]}'],
    ['whose JSON is cut off', () => '{"question":"Q?","searches":["a'],
    ['of a model that fails', () => [new AppError('unavailable', 'down')]],
  ])('%s', async (_, script) => {
    expect((await plan(script).planned).plan).toBeUndefined();
  });

  it('when no model is there, or none may be paid', async () => {
    expect(await makePlan(INPUT, { modelOf: async () => undefined }, fakeCtx())).toEqual({});
    const broke = () => Promise.reject(new AppError('budget-exceeded', 'nothing left'));
    expect(await makePlan(INPUT, { modelOf: broke }, fakeCtx())).toEqual({});
  });
});

test('an abort is passed on', async () => {
  const stopped = AbortSignal.abort();
  const model = scriptedModel(() => '{}');
  await expect(
    makePlan(INPUT, { modelOf: async () => model }, fakeCtx({ signal: stopped })),
  ).rejects.toMatchObject({ name: 'AbortError' });
});
