import { describe, expect, it, test } from 'vitest';
import { fakeCtx } from '../../../test/fakes/ctx.ts';
import { type ModelScript, scriptedModel } from '../../../test/fakes/scripted-model.ts';
import { structured } from '../../../test/fakes/talking-room.ts';
import { AppError } from '../../core/errors.ts';
import type { ModelOf } from '../../ports/language-model.ts';
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

const made = (modelOf: ModelOf, ctx = fakeCtx()) => makePlan(INPUT, { modelOf, structured }, ctx);

function plan(script: ModelScript) {
  const model = scriptedModel(script);
  return { model, planned: made(async () => model) };
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
  expect(request?.output).toEqual({
    name: 'plan',
    schema: {
      type: 'object',
      properties: {
        question: { type: 'string' },
        searches: { type: 'array', items: { type: 'string' } },
        steps: { type: 'array', items: { type: 'string' } },
      },
      required: ['question', 'searches', 'steps'],
      additionalProperties: false,
    },
  });
  expect(JSON.stringify(request?.messages)).toContain('When did I go to Bali? [[last message]]');
});

test('what is no plan goes back to the model once, and both calls are told', async () => {
  const { model, planned } = plan((_, call) => (call === 1 ? '{"searches":["a"]}' : JSON.stringify(GOOD)));
  expect(await planned).toMatchObject({ plan: GOOD, usage: { input: 20 } });
  expect(JSON.stringify(model.asked[1]?.messages.at(-1))).toContain('question: ');
});

test('what was paid for no plan is told, too', async () => {
  const { model, planned } = plan(() => 'I would rather answer.');
  expect(await planned).toMatchObject({ usage: { input: 20 } });
  expect(model.asked).toHaveLength(2);
});

describe('a plan is read', () => {
  it.each([
    ['with words and fences round it', `Here:\n\`\`\`json\n${JSON.stringify(GOOD)}\n\`\`\``, GOOD],
    ['without searches and steps', '{"question":"Q?"}', { question: 'Q?', searches: [], steps: [] }],
    [
      'as far as it came',
      '{"question":"Q?","searches":["a","b',
      { question: 'Q?', searches: ['a', 'b'], steps: [] },
    ],
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
    ['of a model that fails', () => [new AppError('unavailable', 'down')]],
  ])('%s', async (_, script) => {
    expect((await plan(script).planned).plan).toBeUndefined();
  });

  it('when no model is there, or none may be paid', async () => {
    expect(await made(async () => undefined)).toEqual({});
    expect(await made(() => Promise.reject(new AppError('unavailable', 'no key')))).toEqual({});
    const broke = plan(() => [new AppError('budget-exceeded', 'nothing left')]);
    expect(await broke.planned).toEqual({});
  });
});

test('an abort is passed on', async () => {
  const stopped = AbortSignal.abort();
  const model = scriptedModel(() => '{}');
  await expect(made(async () => model, fakeCtx({ signal: stopped }))).rejects.toMatchObject({
    name: 'AbortError',
  });
});
