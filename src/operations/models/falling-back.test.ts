import { expect, test } from 'vitest';
import { eventsOf, saying, textOf } from '../../../test/fakes/ask-model.ts';
import { scriptedModel } from '../../../test/fakes/scripted-model.ts';
import { AppError } from '../../core/errors.ts';
import type { ModelEvent } from '../../ports/language-model.ts';
import { fallingBack } from './falling-back.ts';
import { neverEmpty } from './never-empty.ts';

const dead = (code: ConstructorParameters<typeof AppError>[0] = 'unavailable') =>
  scriptedModel(() => [new AppError(code, 'The first is dead.')], 'first');
const second = () => scriptedModel(() => 'The second answers.', 'second');

test.each(['unavailable', 'rate-limited', 'timeout', 'provider-refused', 'budget-exceeded'] as const)(
  'the fallback answers a call that ended with %s, and the end says so',
  async (code) => {
    const events = await eventsOf(fallingBack(dead(code), second()));
    expect(events.at(-1)).toMatchObject({ kind: 'end', by: { provider: 'test', model: 'second' } });
    expect(events[0]).toEqual({ kind: 'text', text: 'The ' });
  },
);

test('nobody steps in once a word of the answer has come', async () => {
  const cut = scriptedModel(() => [{ kind: 'text', text: 'Half' }, new AppError('unavailable', 'Cut.')]);
  const other = second();
  await expect(textOf(fallingBack(cut, other))).rejects.toMatchObject({ message: 'Cut.' });
  expect(other.asked).toHaveLength(0);
});

test('thoughts are not the answer: a model that fails after them is replaced', async () => {
  const thinker = scriptedModel(() => [
    { kind: 'reasoning', text: 'Hm.' },
    new AppError('unavailable', 'Cut.'),
  ]);
  expect(await textOf(fallingBack(thinker, second()))).toBe('The second answers.');
});

test.each(['aborted', 'invalid-input'] as const)('%s is final: no other model is asked', async (code) => {
  const other = second();
  await expect(textOf(fallingBack(dead(code), other))).rejects.toMatchObject({ code });
  expect(other.asked).toHaveLength(0);
});

test('when both fail the error is that of the first and names both', async () => {
  const other = scriptedModel(() => [new AppError('provider-refused', 'The second has no key.')]);
  await expect(textOf(fallingBack(dead(), other))).rejects.toMatchObject({
    code: 'unavailable',
    message: 'The first is dead. The fallback did not help: The second has no key.',
  });
});

test('a prompt has to fit the smaller of the two', () => {
  const small = { ...second(), facts: { ...second().facts, contextTokens: 2_048 } };
  expect(fallingBack(dead(), small).facts.contextTokens).toBe(2_048);
});

test.each([
  ['no word', 'stop', 'unavailable'],
  ['thoughts only', 'length', 'unavailable'],
  ['what a filter left', 'content-filter', 'provider-refused'],
] as const)('%s is no answer (%s)', async (_, reason, code) => {
  const events: ModelEvent[] = [
    { kind: 'reasoning', text: 'Hm.' },
    { kind: 'end', reason, usage: undefined },
  ];
  const silent = neverEmpty(scriptedModel(() => events));
  await expect(textOf(silent)).rejects.toMatchObject({ code });
  expect(await textOf(fallingBack(silent, second()))).toBe('The second answers.');
});

test('an empty answer is right where the caller gave words to stop at', async () => {
  const silent = neverEmpty(scriptedModel(() => [{ kind: 'end', reason: 'stop', usage: undefined }]));
  expect(await textOf(silent, saying('Hello', { stop: ['H'] }))).toBe('');
});
