import { describe, expect, test } from 'vitest';
import { forgetSession } from '../../../chat/forget-conversations.ts';
import { AppError } from '../../../core/errors.ts';
import type { ModelEvent } from '../../../ports/language-model.ts';
import { OPEN_AI_CLIENTS } from '../../../../test/fakes/open-ai-clients.ts';
import { type OpenAiDoor, openAiDoorInTest } from '../../../../test/fakes/open-ai-door.ts';
import { scriptedModel } from '../../../../test/fakes/scripted-model.ts';

const call = { id: 'call_1', name: 'weather', arguments: '{"city":"Bandung"}' };
const tools = [{ type: 'function' as const, name: 'weather', parameters: { type: 'object' }, strict: false }];

describe.each(OPEN_AI_CLIENTS)('responses to the official client of major %s', (_, OpenAI) => {
  const clientOf = ({ baseURL, apiKey }: OpenAiDoor) => new OpenAI({ baseURL, apiKey, maxRetries: 0 });

  test('come whole, with instructions for the model and usage', async () => {
    const model = scriptedModel(() => 'Hello there.');
    const client = clientOf(await openAiDoorInTest({ model }));
    const { data, response } = await client.responses
      .create({ model: 'jiwa', input: 'Say hello.', instructions: 'Be short.', max_output_tokens: 9 })
      .withResponse();
    expect(data).toMatchObject({ object: 'response', status: 'completed', output_text: 'Hello there.' });
    expect(data.usage).toMatchObject({ input_tokens: 10, output_tokens: 2, total_tokens: 12 });
    expect(model.asked[0]).toMatchObject({ maxOutputTokens: 9 });
    expect(model.asked[0]?.messages[0]).toMatchObject({
      role: 'system',
      text: 'You are Jiwa.\n\nBe short.',
    });
    expect(response.headers.get('jiwa-session')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('stream as typed events whose numbers rise from 0 without a gap', async () => {
    const client = clientOf(await openAiDoorInTest({ model: scriptedModel(() => 'Hello there.') }));
    const stream = await client.responses.create({ model: 'jiwa', input: 'Say hello.', stream: true });
    const events = await Array.fromAsync(stream);
    expect(events.map(({ type }) => type)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
    expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_event, index) => index));
    expect(events.at(-1)).toMatchObject({ response: { status: 'completed', usage: { output_tokens: 2 } } });
  });

  test('are put together by the client’s own stream helper, tool calls and all', async () => {
    const model = scriptedModel(() => [
      { kind: 'text', text: 'I look.' },
      { kind: 'tool-call', call },
      { kind: 'end', reason: 'tool-calls', usage: undefined },
    ]);
    const client = clientOf(await openAiDoorInTest({ model }));
    const response = await client.responses
      .stream({ model: 'jiwa', input: 'Does it rain?', tools })
      .finalResponse();
    expect(response.output_text).toBe('I look.');
    expect(response.output[1]).toMatchObject({
      type: 'function_call',
      call_id: 'call_1',
      arguments: call.arguments,
    });
  });

  test('are continued by their id, with the result of a tool', async () => {
    const model = scriptedModel((request): string | ModelEvent[] =>
      request.messages.at(-1)?.role === 'tool'
        ? 'It rains.'
        : [
            { kind: 'tool-call', call },
            { kind: 'end', reason: 'tool-calls', usage: undefined },
          ],
    );
    const client = clientOf(await openAiDoorInTest({ model }));
    const first = await client.responses.create({ model: 'jiwa', input: 'Does it rain?', tools });
    const second = await client.responses.create({
      model: 'jiwa',
      previous_response_id: first.id,
      input: [{ type: 'function_call_output', call_id: 'call_1', output: 'rain' }],
      tools,
    });
    expect(second.output_text).toBe('It rains.');
    expect(model.asked[1]?.messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'tool']);
  });

  test('that were not kept cannot be continued, and that is said', async () => {
    const client = clientOf(await openAiDoorInTest({ model: scriptedModel(() => 'Hello.') }));
    const first = await client.responses.create({ model: 'jiwa', input: 'Hello', store: false });
    const next = client.responses.create({ model: 'jiwa', input: 'And?', previous_response_id: first.id });
    await expect(next).rejects.toBeInstanceOf(OpenAI.NotFoundError);
    await expect(next).rejects.toMatchObject({ param: 'previous_response_id' });
  });

  test('cannot be continued once something was forgotten, since they may tell of it', async () => {
    const { room, ...door } = await openAiDoorInTest({ model: scriptedModel(() => 'The quokka.') });
    const client = clientOf({ room, ...door });
    const first = await client.responses.create({ model: 'jiwa', input: 'Who smiles?' });
    const [session] = (await door.remembered()).map(({ sessionId }) => sessionId ?? '');
    room.clock.advance(Date.now() - room.clock.now());
    await forgetSession({ id: session ?? '' }, room.deps, room.ctx);
    const next = client.responses.create({ model: 'jiwa', input: 'And?', previous_response_id: first.id });
    await expect(next).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  });

  test('parse JSON of a schema', async () => {
    const model = scriptedModel(() => '{"rain":true}');
    const client = clientOf(await openAiDoorInTest({ model }));
    const schema = { type: 'object', properties: { rain: { type: 'boolean' } } };
    const response = await client.responses.parse({
      model: 'jiwa',
      input: 'Does it rain?',
      text: { format: { type: 'json_schema', name: 'weather', schema, strict: true } },
    });
    expect(response.output_parsed).toEqual({ rain: true });
    expect(model.asked[0]?.output).toEqual({ name: 'weather', schema });
  });

  test('that ran out of tokens are incomplete', async () => {
    const model = scriptedModel(() => [
      { kind: 'text', text: 'It was a dark' },
      { kind: 'end', reason: 'length', usage: undefined },
    ]);
    const client = clientOf(await openAiDoorInTest({ model }));
    const response = await client.responses.create({ model: 'jiwa', input: 'A story.' });
    expect(response).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      output_text: 'It was a dark',
    });
  });

  test('that fail in the middle throw in the client', async () => {
    const broken = new AppError('unavailable', 'The model went away.');
    const client = clientOf(
      await openAiDoorInTest({ model: scriptedModel(() => [{ kind: 'text', text: 'Well' }, broken]) }),
    );
    const stream = await client.responses.create({ model: 'jiwa', input: 'Hello', stream: true });
    await expect(Array.fromAsync(stream)).rejects.toThrow('The model went away.');
  });

  test('to a conversation with pictures, refusals and old thoughts keep what was said', async () => {
    const model = scriptedModel(() => 'A cat.');
    const client = clientOf(await openAiDoorInTest({ model }));
    await client.responses.create({
      model: 'test/scripted',
      input: [
        { role: 'developer', content: 'Be short.' },
        { type: 'reasoning', id: 'rs_1', summary: [] },
        { role: 'assistant', content: 'Show me.' },
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'What is it?' },
            { type: 'input_image', image_url: 'data:image/png;base64,AQID', detail: 'auto' },
          ],
        },
      ],
    });
    expect(model.asked[0]?.messages).toEqual([
      { role: 'system', text: 'Be short.' },
      { role: 'assistant', text: 'Show me.' },
      {
        role: 'user',
        parts: [
          { kind: 'text', text: 'What is it?' },
          { kind: 'image', mediaType: 'image/png', bytes: new Uint8Array([1, 2, 3]) },
        ],
      },
    ]);
  });
});
