import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OpenAiDoor, openAiDoor } from '../../../../test/fakes/open-ai-door.ts';
import { scriptedModel } from '../../../../test/fakes/scripted-model.ts';

let door: OpenAiDoor;
beforeAll(async () => {
  door = await openAiDoor({ model: scriptedModel(() => 'Well.') });
});
afterAll(() => door.close());

interface Sent {
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function post(body: unknown, { path = '/chat/completions', headers = {} }: Sent = {}) {
  return fetch(`${door.baseURL}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${door.apiKey}`, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

const hello = [{ role: 'user', content: 'Hello' }];
const chat = (more: object) => post({ model: 'jiwa', messages: hello, ...more });

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', 'jiwa', 'user', 'data:image/png;base64,AQ=='),
);
const anything = fc.jsonValue({ maxDepth: 3 });
const orAnything = <T>(usual: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 12, arbitrary: usual }, { weight: 1, arbitrary: anything });

const part = fc.record(
  {
    type: orAnything(
      fc.constantFrom('text', 'image_url', 'input_text', 'output_text', 'refusal', 'input_image', 'message'),
    ),
    text: orAnything(text),
    image_url: orAnything(fc.oneof(text, fc.record({ url: text }))),
    refusal: orAnything(text),
  },
  { requiredKeys: ['type'] },
);
const call = fc.record({
  id: orAnything(fc.constantFrom('c1', 'c2')),
  type: fc.constant('function'),
  function: orAnything(
    fc.record({ name: fc.constantFrom('look', '__proto__', 'x y'), arguments: orAnything(text) }),
  ),
});
const oddMessage = fc.record(
  {
    role: orAnything(fc.constantFrom('user', 'assistant', 'system', 'developer', 'tool', 'function')),
    content: orAnything(fc.oneof(text, fc.array(part, { maxLength: 3 }))),
    tool_calls: orAnything(fc.array(call, { maxLength: 2 })),
    tool_call_id: orAnything(fc.constantFrom('c1', 'c2')),
    type: fc.constantFrom('message', 'function_call', 'function_call_output', 'reasoning'),
    call_id: orAnything(fc.constantFrom('c1', 'c2')),
    name: orAnything(fc.constantFrom('look', 'x y')),
    arguments: orAnything(text),
    output: orAnything(text),
  },
  { requiredKeys: ['role'] },
);
const said = fc.record({ role: fc.constantFrom('user', 'assistant', 'system'), content: text });
const message = fc.oneof({ weight: 6, arbitrary: said }, { weight: 1, arbitrary: oddMessage });
const format = fc.record({
  type: fc.constantFrom('text', 'json_object', 'json_schema'),
  name: text,
  schema: anything,
  json_schema: orAnything(
    fc.record({ name: fc.constant('x'), schema: fc.dictionary(fc.string(), anything) }),
  ),
});
const fields = fc.record({
  model: orAnything(fc.constantFrom('jiwa', 'jiwa/pirate', 'test/scripted', 'nobody')),
  messages: orAnything(fc.array(message, { maxLength: 4 })),
  input: orAnything(fc.oneof(text, fc.array(message, { maxLength: 4 }))),
  stream: orAnything(fc.boolean()),
  n: orAnything(fc.constant(1)),
  stop: orAnything(fc.array(text, { maxLength: 3 })),
  seed: orAnything(fc.integer()),
  temperature: orAnything(fc.double()),
  max_tokens: orAnything(fc.integer()),
  max_output_tokens: orAnything(fc.integer()),
  tools: orAnything(fc.array(fc.record({ type: fc.constant('function'), name: text, function: anything }))),
  tool_choice: orAnything(fc.constantFrom('auto', 'none')),
  response_format: orAnything(format),
  text: orAnything(fc.record({ format })),
  stream_options: orAnything(fc.record({ include_usage: fc.boolean() })),
  metadata: orAnything(fc.dictionary(fc.string(), text)),
  previous_response_id: orAnything(text),
  conversation: orAnything(text),
  encoding_format: orAnything(fc.constantFrom('float', 'base64')),
  dimensions: orAnything(fc.integer()),
});
/** What every body has, and a few of the other fields. */
const body = fields.chain(({ model, messages, input, ...others }) =>
  fc
    .subarray(Object.entries(others), { maxLength: 3 })
    .map((some) => ({ model, messages, input, ...Object.fromEntries(some) })),
);

describe('whatever comes in', () => {
  test.each([
    ['/chat/completions', 150],
    ['/responses', 150],
    ['/embeddings', 80],
  ])(
    '%s answers with its own form, never with a fault of the server',
    async (path, numRuns) => {
      const memory = fc.constantFrom('off', 'session', 'all', 'read-only', 'sometimes', '');
      const odd = fc.asyncProperty(
        fc.oneof({ weight: 5, arbitrary: body }, { weight: 1, arbitrary: anything }),
        memory,
        async (sent, mode) => {
          const response = await post(sent, { path, headers: { 'jiwa-memory': mode } });
          const answer = await response.text();
          expect([response.status < 500, answer]).toEqual([true, answer]);
          if (response.status === 200) return;
          expect(JSON.parse(answer)).toEqual({
            error: {
              message: expect.any(String),
              type: expect.any(String),
              param: expect.toSatisfy(isParam),
              code: expect.toSatisfy(isParam),
            },
          });
        },
      );
      await fc.assert(odd, { numRuns });
    },
    60_000,
  );

  test('is taken when only unknown fields and nulls are odd about it', async () => {
    const nulls = Object.fromEntries(
      ['tools', 'stop', 'n', 'seed', 'temperature', 'response_format', 'metadata', 'user', 'stream'].map(
        (name) => [name, null],
      ),
    );
    const response = await chat({ ...nulls, frequency_penalty: 0.5, logprobs: true, brand_new: { x: 1 } });
    expect(response.status).toBe(200);
  });

  test.each([
    ['broken JSON', '{', null, 'not valid JSON'],
    ['no message', { model: 'jiwa', messages: [] }, 'messages', ''],
    [
      'an image of another address, which nobody loads',
      {
        model: 'jiwa',
        messages: [
          { role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://example.com/a.png' } }] },
        ],
      },
      'messages.0.content.0.image_url.url',
      'Jiwa loads no image from another address',
    ],
    [
      'the result of a call that nobody made',
      { model: 'jiwa', messages: [{ role: 'tool', tool_call_id: 'c9', content: 'x' }] },
      'messages.0.tool_call_id',
      'c9',
    ],
    ['two answers at once', { model: 'jiwa', messages: hello, n: 2 }, 'n', 'one answer'],
    [
      'a memory mode that is none',
      { model: 'jiwa', messages: hello, metadata: { jiwa_memory: 'some' } },
      'metadata.jiwa_memory',
      'read-only',
    ],
  ])('%s is a clear 400', async (_, sent, param, says) => {
    const response = await post(sent);
    expect(response.status).toBe(400);
    const { error } = (await response.json()) as { error: { message: string } };
    expect(error).toMatchObject({ type: 'invalid_request_error', param });
    expect(error.message.toLowerCase()).toContain(says.toLowerCase());
  });

  test('an unknown path, another method and a missing token have the protocol’s form, too', async () => {
    const authorization = `Bearer ${door.apiKey}`;
    const calls = [
      fetch(`${door.baseURL}/assistants`, { headers: { authorization } }),
      fetch(`${door.baseURL}/chat/completions`, { headers: { authorization } }),
      fetch(`${door.baseURL}/models`),
      fetch(`${door.baseURL}/models`, { headers: { authorization, origin: 'http://evil.example' } }),
    ];
    const answers = await Promise.all(calls);
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 401, 403]);
    for (const answer of answers)
      expect(await answer.json()).toMatchObject({ error: { type: expect.any(String) } });
  });

  test('nobody unknown is told what is wrong with a body: it is not read', async () => {
    expect((await post('{', { headers: { authorization: 'Bearer wrong' } })).status).toBe(401);
  });
});

describe('headers', () => {
  test('say more than metadata, and come back', async () => {
    const headers = { 'jiwa-memory': 'session', 'jiwa-session': 'kitchen' };
    const sent = { model: 'jiwa', messages: hello, metadata: { jiwa_memory: 'off', conversation: 'garden' } };
    const response = await post(sent, { headers });
    expect(response.headers.get('jiwa-memory')).toBe('session');
    const session = response.headers.get('jiwa-session');
    expect(await response.json()).toMatchObject({ jiwa: { memory: 'session', session } });
    const streamed = await post({ ...sent, stream: true }, { headers });
    expect(streamed.headers.get('jiwa-session')).toBe(session);
    expect(streamed.headers.get('x-accel-buffering')).toBe('no');
    expect(await streamed.text()).toMatch(/"jiwa":\{"memory":"session"[^\n]*\n\ndata: \[DONE\]\n\n$/u);
  });
});

function isParam(value: unknown): boolean {
  return value === null || typeof value === 'string';
}
