import type OpenAI7 from 'openai';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { AppError } from '../../../core/errors.ts';
import type { ModelEvent } from '../../../ports/language-model.ts';
import { OPEN_AI_CLIENTS } from '../../../../test/fakes/open-ai-clients.ts';
import { type OpenAiDoor, openAiDoorInTest } from '../../../../test/fakes/open-ai-door.ts';
import { eventually } from '../../../../test/fakes/eventually.ts';
import { scriptedModel } from '../../../../test/fakes/scripted-model.ts';

const END: ModelEvent = { kind: 'end', reason: 'stop', usage: { input: 7, output: 3, cached: 2 } };
const hello = [{ role: 'user' as const, content: 'Say hello.' }];

describe.each(OPEN_AI_CLIENTS)('the official client of major %s', (_, OpenAI) => {
  const clientOf = ({ baseURL, apiKey }: OpenAiDoor) => new OpenAI({ baseURL, apiKey, maxRetries: 0 });

  test('gets an answer with usage, and what was used of memory', async () => {
    const model = scriptedModel(() => [{ kind: 'text', text: 'Hello.' }, END]);
    const client = clientOf(await openAiDoorInTest({ model }));
    const { data, response } = await client.chat.completions
      .create({ model: 'jiwa', messages: hello })
      .withResponse();
    expect(data).toMatchObject({
      object: 'chat.completion',
      model: 'jiwa',
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hello.' }, finish_reason: 'stop' }],
      usage: {
        prompt_tokens: 7,
        completion_tokens: 3,
        total_tokens: 10,
        prompt_tokens_details: { cached_tokens: 2 },
      },
      jiwa: { memory: 'all', memories: [] },
    });
    expect(response.headers.get('jiwa-memory')).toBe('all');
  });

  test('gets the same as a stream, with a usage chunk that has no choice', async () => {
    const client = clientOf(await openAiDoorInTest({ model: scriptedModel(() => 'Hello there, friend.') }));
    const stream = await client.chat.completions.create({
      model: 'jiwa',
      messages: hello,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = await Array.fromAsync(stream);
    expect(chunks[0]?.choices[0]?.delta.role).toBe('assistant');
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe(
      'Hello there, friend.',
    );
    expect(chunks.at(-2)).toMatchObject({ choices: [{ delta: {}, finish_reason: 'stop' }] });
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 10, completion_tokens: 3 } });
  });

  test('takes a tool call, sends its result and gets the answer', async () => {
    const call = { id: 'call_1', name: 'weather', arguments: '{"city":"Bandung"}' };
    const model = scriptedModel((request) =>
      request.messages.at(-1)?.role === 'tool'
        ? 'It rains.'
        : [
            { kind: 'tool-call', call },
            { kind: 'end', reason: 'tool-calls', usage: undefined },
          ],
    );
    const client = clientOf(await openAiDoorInTest({ model }));
    const tools = [
      {
        type: 'function' as const,
        function: { name: 'weather', parameters: { type: 'object', properties: { city: {} } } },
      },
    ];
    const messages: OpenAI7.ChatCompletionMessageParam[] = [{ role: 'user', content: 'Does it rain?' }];
    const runner = client.chat.completions.stream({ model: 'jiwa', messages, tools, tool_choice: 'auto' });
    const { message, finish_reason: finish } = (await runner.finalChatCompletion()).choices[0] ?? {};
    expect(finish).toBe('tool_calls');
    expect(message?.tool_calls).toMatchObject([{ id: 'call_1', function: { name: 'weather' } }]);
    if (message === undefined) throw new Error('no message');
    const last = await client.chat.completions.create({
      model: 'jiwa',
      tools,
      messages: [...messages, message, { role: 'tool', tool_call_id: 'call_1', content: 'rain' }],
    });
    expect(last.choices[0]?.message.content).toBe('It rains.');
    expect(model.asked[1]?.messages.at(-1)).toEqual({
      role: 'tool',
      callId: 'call_1',
      name: 'weather',
      text: 'rain',
    });
  });

  test('parses JSON of a schema', async () => {
    const model = scriptedModel(() => '{"city":"Bandung","rain":true}');
    const client = clientOf(await openAiDoorInTest({ model }));
    const schema = { type: 'object', properties: { city: { type: 'string' }, rain: { type: 'boolean' } } };
    const completion = await client.chat.completions.parse({
      model: 'jiwa',
      messages: hello,
      response_format: { type: 'json_schema', json_schema: { name: 'weather', schema, strict: true } },
    });
    expect(z.object({ city: z.string() }).parse(completion.choices[0]?.message.parsed)).toEqual({
      city: 'Bandung',
    });
    expect(model.asked[0]?.output).toEqual({ name: 'weather', schema });
  });

  test('passes on how the answer should be made', async () => {
    const model = scriptedModel(() => 'Yes.');
    const client = clientOf(await openAiDoorInTest({ model }));
    await client.chat.completions.create({
      model: 'test/scripted',
      messages: [
        { role: 'developer', content: 'Be short.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AQID' } },
          ],
        },
      ],
      stop: 'END',
      seed: 4,
      temperature: 0.5,
      top_p: 0.9,
      max_completion_tokens: 20,
      n: 1,
    });
    expect(model.asked[0]).toEqual({
      messages: [
        { role: 'system', text: 'Be short.' },
        {
          role: 'user',
          parts: [
            { kind: 'text', text: 'What is this?' },
            { kind: 'image', mediaType: 'image/png', bytes: new Uint8Array([1, 2, 3]) },
          ],
        },
      ],
      stop: ['END'],
      seed: 4,
      temperature: 0.5,
      topP: 0.9,
      maxOutputTokens: 20,
    });
  });

  test('that goes away in the middle of a stream cancels the model’s call', async () => {
    let cancelled = false;
    const model = scriptedModel(() => 'unused');
    const endless = {
      ...model,
      async *stream(_request: unknown, signal: AbortSignal): AsyncIterable<ModelEvent> {
        yield { kind: 'text', text: 'I begin' };
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        cancelled = true;
        signal.throwIfAborted();
      },
    };
    const opened = await openAiDoorInTest({ model: endless });
    const stream = await clientOf(opened).chat.completions.create({
      model: 'jiwa',
      messages: hello,
      stream: true,
    });
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
    await eventually(() => cancelled);
    const kept = await eventually(async () => {
      const messages = await opened.remembered();
      return messages.length === 2 && messages;
    });
    expect(kept.map(({ text }) => text)).toEqual(['Say hello.', 'I begin']);
  });

  test('meets errors as its own classes', async () => {
    const { baseURL, apiKey } = await openAiDoorInTest();
    const stranger = new OpenAI({ baseURL, apiKey: 'wrong', maxRetries: 0 });
    const client = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
    await expect(stranger.models.list()).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
    const unknown = client.chat.completions.create({ model: 'jiwa/nobody', messages: hello });
    await expect(unknown).rejects.toBeInstanceOf(OpenAI.NotFoundError);
    await expect(unknown).rejects.toMatchObject({ status: 404, code: 'model_not_found' });
    const two = client.chat.completions.create({ model: 'jiwa', messages: hello, n: 2 });
    await expect(two).rejects.toBeInstanceOf(OpenAI.BadRequestError);
    await expect(two).rejects.toMatchObject({ param: 'n', type: 'invalid_request_error' });
  });

  test('that calls too often is told when to come again', async () => {
    const refusal = new AppError('rate-limited', 'Too many calls.', { retryAfterMs: 2_500 });
    const client = clientOf(await openAiDoorInTest({ refusal }));
    const failed = await client.models.list().then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failed).toBeInstanceOf(OpenAI.RateLimitError);
    expect((failed as InstanceType<typeof OpenAI.RateLimitError>).headers?.get('retry-after')).toBe('3');
  });

  test('hears of a failure in the middle of a stream', async () => {
    const broken = new AppError('unavailable', 'The model went away.');
    const model = scriptedModel(() => [{ kind: 'text', text: 'Well' }, broken]);
    const client = clientOf(await openAiDoorInTest({ model }));
    const stream = await client.chat.completions.create({
      model: 'jiwa',
      messages: hello,
      stream: true,
    });
    await expect(Array.fromAsync(stream)).rejects.toThrow('The model went away.');
  });

  test('lists personas and models, and finds one with a slash in its id', async () => {
    const client = clientOf(await openAiDoorInTest({ model: scriptedModel(() => '') }));
    const ids = (await Array.fromAsync(client.models.list())).map(({ id }) => id);
    expect(ids).toEqual(['jiwa', 'jiwa/pirate', 'test/scripted']);
    expect(await client.models.retrieve('jiwa/pirate')).toMatchObject({ object: 'model', owned_by: 'jiwa' });
    await expect(client.models.retrieve('gpt-9')).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  });
});
