import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../fakes/eventually.ts';
import { type ModelServer, modelServer } from '../fakes/model-server.ts';
import { OPEN_AI_CLIENTS } from '../fakes/open-ai-clients.ts';
import { type RunningApp, file, runningApp } from './running-app.ts';

let server: ModelServer;
let run: RunningApp;
beforeAll(async () => {
  server = await modelServer();
  run = await runningApp({ JIWA_CHAT_MODEL: 'vllm:scripted', JIWA_CHAT_URL: server.baseUrl });
  await run.api.upload(file('tea.txt', 'Mira drinks green tea from Shizuoka every morning.'));
  await run.settled();
}, 60_000);
afterAll(async () => {
  await run.end();
  await server.close();
});
beforeEach(() => server.say(() => 'Green tea from Shizuoka.'));

const QUESTION = 'What does Mira drink in the morning?';
const asking = [{ role: 'user' as const, content: QUESTION }];

describe.each(OPEN_AI_CLIENTS)('a program with the official client of major %s', (major, OpenAI) => {
  const client = () => new OpenAI({ baseURL: `${run.app.url}/v1`, apiKey: run.app.token, maxRetries: 0 });

  test('gets an answer from memory, whose items it can open', async () => {
    const headers = { 'Jiwa-Memory': 'read-only' };
    const { data, response } = await client()
      .chat.completions.create({ model: 'jiwa', messages: asking }, { headers })
      .withResponse();
    expect(data.choices[0]?.message.content).toBe('Green tea from Shizuoka.');
    expect(JSON.stringify(server.requests.at(-1)?.body)).toContain('every morning');
    const [id = ''] = (response.headers.get('jiwa-memories') ?? '').split(',');
    const citation = await run.api.call('openCitation', { params: { id } });
    expect(citation.text).toContain('green tea');
  });

  test('finds in Jiwa what it said, in the conversation it named', async () => {
    const name = `kitchen ${major}`;
    const headers = { 'Jiwa-Session': name };
    const { response } = await client()
      .chat.completions.create({ model: 'jiwa', messages: asking }, { headers })
      .withResponse();
    const id = response.headers.get('jiwa-session') ?? '';
    const { messages } = await run.api.call('exportSession', { params: { id } });
    expect(messages.map(({ role, text }) => [role, text])).toEqual([
      ['user', QUESTION],
      ['assistant', 'Green tea from Shizuoka.'],
    ]);
  });

  test('that stops reading cancels the provider’s call', async () => {
    server.say(() => ({ text: 'one two three four five six seven eight nine ten', delayMs: 200 }));
    const stream = await client().chat.completions.create({ model: 'jiwa', messages: asking, stream: true });
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
    expect(await server.requests.at(-1)?.cut).toBe(true);
  });

  test('that gives up before the first word cancels the provider’s call, too', async () => {
    const before = server.requests.length;
    server.say(() => ({ text: 'one two three', delayMs: 2_000 }));
    const giveUp = new AbortController();
    const asked = client().chat.completions.create(
      { model: 'jiwa', messages: asking },
      { signal: giveUp.signal },
    );
    await eventually(() => server.requests.length > before);
    giveUp.abort();
    await expect(asked).rejects.toBeInstanceOf(OpenAI.APIUserAbortError);
    expect(await server.requests.at(-1)?.cut).toBe(true);
  });

  test('has tools, stop words and a schema passed on to the provider', async () => {
    const schema = {
      type: 'object',
      properties: { drink: { type: 'string' } },
      required: ['drink'],
      additionalProperties: false,
    };
    server.say(() => '{"drink":"tea"}');
    const completion = await client().chat.completions.parse({
      model: 'jiwa',
      messages: asking,
      stop: ['END'],
      seed: 7,
      tools: [{ type: 'function', function: { name: 'look', strict: true, parameters: schema } }],
      response_format: { type: 'json_schema', json_schema: { name: 'drink', schema, strict: true } },
    });
    expect(completion.choices[0]?.message.parsed).toEqual({ drink: 'tea' });
    expect(server.requests.at(-1)?.body).toMatchObject({
      stop: ['END'],
      seed: 7,
      tools: [{ function: { name: 'look', parameters: schema } }],
      response_format: { type: 'json_schema', json_schema: { schema } },
    });
  });

  test('gets a tool call of the provider whole, and may answer it', async () => {
    server.say(({ body }) =>
      JSON.stringify(body).includes('"role":"tool"')
        ? 'It rains.'
        : { toolCalls: [{ id: 'call_1', name: 'weather', arguments: '{"city":"Bandung"}' }] },
    );
    const tools = [
      { type: 'function' as const, function: { name: 'weather', parameters: { type: 'object' } } },
    ];
    const first = await client()
      .chat.completions.stream({ model: 'jiwa', messages: asking, tools })
      .finalChatCompletion();
    const message = first.choices[0]?.message;
    expect(message?.tool_calls?.[0]).toMatchObject({ id: 'call_1', function: { name: 'weather' } });
    if (message === undefined) throw new Error('no message');
    const messages = [...asking, message, { role: 'tool' as const, tool_call_id: 'call_1', content: 'rain' }];
    const last = await client().chat.completions.create({ model: 'jiwa', messages, tools });
    expect(last.choices[0]?.message.content).toBe('It rains.');
  });

  test('streams a response with the memories in its last event', async () => {
    const events = await Array.fromAsync(
      await client().responses.create({ model: 'jiwa', input: QUESTION, stream: true }),
    );
    expect(events.at(-1)).toMatchObject({
      type: 'response.completed',
      response: { status: 'completed', jiwa: { memory: 'all', memories: expect.any(Array) } },
    });
  });

  test('may name a model of a provider, which has no memory then', async () => {
    const completion = await client().chat.completions.create({ model: 'env-chat/other', messages: asking });
    expect(completion).toMatchObject({ model: 'env-chat/other', jiwa: { memory: 'off', memories: [] } });
    expect(server.requests.at(-1)?.body).toMatchObject({ model: 'other' });
    const unknown = client().chat.completions.create({ model: 'nobody/other', messages: asking });
    await expect(unknown).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  });

  test('embeds with the embedder in use, by the id that is listed', async () => {
    const models = await Array.fromAsync(client().models.list());
    const ids = models.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(['jiwa', 'jiwa/plain', 'env-chat/scripted']));
    const { data } = await client().embeddings.create({ model: ids.at(-1) ?? '', input: ['tea', 'rain'] });
    expect(data.map(({ embedding }) => Math.round(Math.hypot(...embedding) * 1e4) / 1e4)).toEqual([1, 1]);
  });

  test('gets a quoted answer when the provider is down', async () => {
    server.say(() => {
      throw new Error('down');
    });
    const completion = await client().chat.completions.create({ model: 'jiwa', messages: asking });
    expect(completion.choices[0]?.message.content).toContain('green tea from Shizuoka');
    expect(completion.usage?.total_tokens).toBe(0);
  });
});

test('what other programs ask is booked under its own feature', async () => {
  const usage = await run.api.call('usage', { query: {} });
  expect(JSON.stringify(usage)).toContain('"feature":"openai"');
});
