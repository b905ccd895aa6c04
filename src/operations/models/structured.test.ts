import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { saying } from '../../../test/fakes/ask-model.ts';
import { type ModelScript, scriptedModel } from '../../../test/fakes/scripted-model.ts';
import { AppError } from '../../core/errors.ts';
import type { ModelEvent, ReadyModel } from '../../ports/language-model.ts';
import { structured } from './structured.ts';

const Person = z.strictObject({
  name: z.string().min(1).max(50),
  age: z.number().int().min(0).max(150),
  tags: z.array(z.string()).max(5),
});
type Person = z.infer<typeof Person>;

const MIRA: Person = { name: 'Mira', age: 34, tags: ['tea', 'sea'] };
const FLOOR: Person = { name: 'nobody', age: 0, tags: [] };
const JSON_OF_MIRA = JSON.stringify(MIRA);

const ask = { name: 'person', schema: Person, request: saying('Who drinks tea?') };
const from = (model: ReadyModel | undefined, signal = new AbortController().signal) =>
  structured(model, ask, () => FLOOR, signal);
const answering = (...answers: string[]) => scriptedModel((_, call) => answers[call - 1] ?? '');
const events = (script: ModelScript) => scriptedModel(script);

describe('what a model writes around or into its JSON does not matter', () => {
  test.each([
    ['as it should be', JSON_OF_MIRA],
    ['in a fence', `\`\`\`json\n${JSON_OF_MIRA}\n\`\`\``],
    ['in a fence that does not end', `Sure!\n\`\`\`\n${JSON_OF_MIRA}`],
    ['between sentences', `Here you are: ${JSON_OF_MIRA}. Anything else?`],
    ['after thoughts', `<think>Is it {"name":"Ana"}?</think>${JSON_OF_MIRA}`],
    [
      'a correction in a second fence',
      `\`\`\`json\n{"name":1}\n\`\`\`\nNo:\n\`\`\`json\n${JSON_OF_MIRA}\n\`\`\``,
    ],
    ['a comma too many', `{"name":"Mira","age":34,"tags":["tea","sea",],}`],
    ['commas missing', `{"name":"Mira"\n"age":34\n"tags":["tea" "sea"]}`],
    ['single quotes', `{'name':'Mira','age':34,'tags':['tea','sea']}`],
    ['curly quotes', `{“name”:“Mira”,“age”:34,“tags”:[“tea”,“sea”]}`],
    ['words as keys', `{name: "Mira", age: 34, tags: [tea, sea]}`],
    ['comments', `{"name":"Mira", // hers\n"age":34, /* years */ "tags":["tea","sea"]}`],
    ['no end', `{"name":"Mira","age":34,"tags":["tea","sea"`],
    ['in a list', `[${JSON_OF_MIRA}]`],
    ['a byte order mark', `\uFEFF${JSON_OF_MIRA}`],
  ])('%s', async (_, answer) => {
    expect(await from(answering(answer))).toMatchObject({ value: MIRA, by: 'model' });
  });
});

test('what does not fit goes back once, with what is wrong', async () => {
  const model = answering('{"name":"Mira","age":"old","tags":[]}', JSON_OF_MIRA);
  expect(await from(model)).toMatchObject({ value: MIRA, by: 'repair' });
  const said = model.asked[1]?.messages.at(-1);
  expect(JSON.stringify(said)).toContain('age: ');
});

test('the schema goes to the model twice: as a rule for its server and in words', async () => {
  const model = answering(JSON_OF_MIRA);
  await from(model);
  expect(model.asked[0]?.output).toMatchObject({ name: 'person', schema: { type: 'object' } });
  expect(model.asked[0]?.messages[0]).toMatchObject({
    role: 'system',
    text: expect.stringContaining('"age"'),
  });
});

test('a model may be told more than is asked of its answer', async () => {
  const model = answering('{"name":"Mira"}');
  const lenient = z.object({
    name: z.string(),
    age: z.number().catch(0),
    tags: z.array(z.string()).catch([]),
  });
  const made = await structured(
    model,
    { ...ask, schema: lenient, told: Person },
    () => FLOOR,
    new AbortController().signal,
  );
  expect(made).toMatchObject({ value: { name: 'Mira', age: 0, tags: [] }, by: 'model' });
  expect(model.asked[0]?.output?.schema).toMatchObject({
    required: ['name', 'age', 'tags'],
    additionalProperties: false,
  });
});

describe('what the calls took is told', () => {
  const paid = (text: string, costMicros: number): readonly ModelEvent[] => [
    { kind: 'text', text },
    { kind: 'end', reason: 'stop', usage: { input: 10, output: 5, cached: 1 }, costMicros },
  ];

  test.each([
    ['of one', JSON_OF_MIRA, 'model', { usage: { input: 10, output: 5, cached: 1 }, costMicros: 7 }],
    ['of both', '{}', 'repair', { usage: { input: 20, output: 10, cached: 2 }, costMicros: 11 }],
  ])('%s', async (_, first, by, costs) => {
    const model = events((__, call) => (call === 1 ? paid(first, 7) : paid(JSON_OF_MIRA, 4)));
    expect(await from(model)).toEqual({ value: MIRA, by, ...costs });
  });

  test('of those that the floor stood in for', async () => {
    const model = events((_, call) => (call === 1 ? paid('{}', 7) : [new AppError('unavailable', 'No.')]));
    const costs = { usage: { input: 10, output: 5, cached: 1 }, costMicros: 7 };
    expect(await from(model)).toEqual({ value: FLOOR, by: 'floor', reason: 'unavailable', ...costs });
  });
});

test.each(['unavailable', 'budget-exceeded', 'provider-refused', 'timeout'] as const)(
  'the floor serves when the call ends with %s',
  async (code) => {
    const dead = events(() => [new AppError(code, 'No.')]);
    expect(await from(dead)).toEqual({ value: FLOOR, by: 'floor', reason: code });
  },
);

test('the floor serves without a model', async () => {
  expect(await from(undefined)).toEqual({ value: FLOOR, by: 'floor', reason: 'unavailable' });
});

test('whoever cancels gets no floor', async () => {
  const stop = AbortSignal.abort();
  await expect(from(answering(JSON_OF_MIRA), stop)).rejects.toMatchObject({ code: 'aborted' });
});

test('whoever has no more time gets the floor', async () => {
  const late = AbortSignal.abort(new DOMException('The time is over.', 'TimeoutError'));
  expect(await from(answering(JSON_OF_MIRA), late)).toEqual({ value: FLOOR, by: 'floor', reason: 'timeout' });
});

/** Ways in which JSON comes out wrong; each takes the good text and something by chance. */
const DAMAGE: readonly ((json: string, chance: number, noise: string) => string)[] = [
  (json, chance) => json.slice(0, chance % (json.length + 1)),
  (json, chance) => json.slice(chance % json.length),
  (json, chance, noise) => {
    const at = chance % json.length;
    return json.slice(0, at) + noise + json.slice(at);
  },
  (json, chance) =>
    json.replace(/[{}[\]",:]/g, (sign, at: number) => ((chance >> (at % 30)) & 1 ? '' : sign)),
  (json) => json.replaceAll('"', "'"),
  (json, _, noise) => `${noise}\n\`\`\`json\n${json}\n\`\`\`\n${noise}`,
  (json, _, noise) => `${noise} ${json} ${noise}`,
  (json) => json.replaceAll(/"(\w+)":/g, '$1:'),
  (json, chance) => json.replaceAll(/\d+/g, ['NaN', '1e999', '-1', '"34"', '3.4'][chance % 5] ?? ''),
  (json) => `${json}${json}`,
  (json) => JSON.stringify(json),
  (_, chance) => '['.repeat(chance % 5_000),
  (_, chance) => '{"a":'.repeat(chance % 2_000),
  (_, chance) => `{"name":"${'x'.repeat(chance % 15_000)}`,
  (json, _, noise) => `<think>${noise}${json.slice(0, -3)}</think>`,
  (_, __, noise) => noise,
  () => '{"__proto__":{"name":"Mira"},"constructor":1}',
  (json, chance) => json.replace('}', `,"extra":${chance}}`),
];

test('2,000 malformed answers all end in a valid object, a repaired one or the floor', async () => {
  const tally = { model: 0, repair: 0, floor: 0 };
  const malformed = fc.record({
    damages: fc.array(fc.nat(DAMAGE.length - 1), { minLength: 1, maxLength: 3 }),
    chance: fc.nat(),
    noise: fc.string({ unit: 'binary', maxLength: 40 }),
    repairs: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(malformed, async ({ damages, chance, noise, repairs }) => {
      const bad = damages.reduce(
        (json, damage) => DAMAGE[damage]?.(json, chance, noise) ?? json,
        JSON_OF_MIRA,
      );
      const model = answering(bad, repairs ? JSON_OF_MIRA : bad);
      const { value, by } = await from(model);
      tally[by] += 1;
      expect(Person.parse(value)).toEqual(value);
      expect(model.asked.length).toBeLessThanOrEqual(2);
      expect(by !== 'floor' || (value === FLOOR && !repairs)).toBe(true);
    }),
    { numRuns: 2_000, seed: 4 },
  );
  expect(tally.model + tally.repair + tally.floor).toBe(2_000);
  expect(Math.min(tally.model, tally.repair, tally.floor)).toBeGreaterThan(100);
}, 60_000);
