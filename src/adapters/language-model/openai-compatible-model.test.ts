import { describe, expect, it } from 'vitest';
import { remoteLanguageModelContract } from '../../../test/contracts/remote-language-model.ts';
import { ask, modelExchange } from '../../../test/fakes/model-exchange.ts';
import type { ScriptedAnswer } from '../../../test/fakes/model-server.ts';
import type { ModelRequest } from '../../ports/language-model.ts';
import { bodyFor } from './openai-compatible-body.ts';
import { openAiCompatibleModel, type OpenAiCompatibleModelOptions } from './openai-compatible-model.ts';

const name = { provider: 'scripted', model: 'test-model' };

remoteLanguageModelContract('openAiCompatibleModel', (settings) =>
  openAiCompatibleModel({ name, ...settings }),
);

const exchange = (
  request: ModelRequest,
  answer?: ScriptedAnswer,
  options: Partial<OpenAiCompatibleModelOptions> = {},
) => modelExchange((baseUrl) => openAiCompatibleModel({ name, baseUrl, ...options }), request, answer);

describe('openAiCompatibleModel', () => {
  it('tells a key that is missing from one that is refused', async () => {
    const question: ModelRequest = {
      messages: [{ role: 'user', parts: [{ kind: 'text', text: 'Hello?' }] }],
    };
    const refused = { fault: 'unauthenticated' } as const;
    await expect(exchange(question, refused)).rejects.toThrow('wants a key, and none is set (status 401)');
    await expect(exchange(question, refused, { apiKey: 'sk-x' })).rejects.toThrow('refuses the key');
  });

  it('asks the OpenAI way, with everything the request says', async () => {
    const { body, headers } = await exchange(
      {
        messages: [
          { role: 'system', text: 'Be kind.' },
          { role: 'user', parts: [{ kind: 'text', text: 'Look it up.' }] },
          {
            role: 'assistant',
            text: '',
            toolCalls: [{ id: 'c1', name: 'look_up', arguments: '{"q":"tea"}' }],
          },
          { role: 'tool', callId: 'c1', name: 'look_up', text: 'Tea is a drink.' },
        ],
        maxOutputTokens: 50,
        temperature: 0.2,
        topP: 0.9,
        stop: ['END'],
        seed: 7,
        tools: [{ name: 'look_up', description: 'Looks things up.', parameters: { type: 'object' } }],
        toolChoice: { name: 'look_up' },
      },
      'fine',
      { apiKey: 'sk-test' },
    );
    expect(headers?.authorization).toBe('Bearer sk-test');
    expect(body).toEqual({
      model: 'test-model',
      stream: true,
      stream_options: { include_usage: true },
      messages: [
        { role: 'system', content: 'Be kind.' },
        { role: 'user', content: 'Look it up.' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: 'c1', type: 'function', function: { name: 'look_up', arguments: '{"q":"tea"}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'c1', content: 'Tea is a drink.' },
      ],
      max_tokens: 50,
      temperature: 0.2,
      top_p: 0.9,
      stop: ['END'],
      seed: 7,
      tools: [
        {
          type: 'function',
          function: { name: 'look_up', description: 'Looks things up.', parameters: { type: 'object' } },
        },
      ],
      tool_choice: { type: 'function', function: { name: 'look_up' } },
    });
  });

  it('says nothing that the request does not say', async () => {
    const { body, headers } = await exchange(ask('Hi'));
    expect(Object.keys(body ?? {}).sort()).toEqual(['messages', 'model', 'stream', 'stream_options']);
    expect(headers?.authorization).toBeUndefined();
  });

  it('sends images with the words around them, in their order', async () => {
    const bytes = Buffer.from('pixels');
    const parts = [
      { kind: 'text', text: 'What is this?' },
      { kind: 'image', mediaType: 'image/png', bytes },
    ] as const;
    const { body } = await exchange({ messages: [{ role: 'user', parts }] });
    const url = `data:image/png;base64,${bytes.toString('base64')}`;
    expect(body?.['messages']).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image_url', image_url: { url } },
        ],
      },
    ]);
  });

  it('sends no image to a model that reads none', async () => {
    const part = { kind: 'image', mediaType: 'image/png', bytes: Buffer.from('x') } as const;
    const asked = exchange({ messages: [{ role: 'user', parts: [part] }] }, 'fine', { images: false });
    await expect(asked).rejects.toMatchObject({ code: 'invalid-input' });
  });

  it('asks for a schema strictly only where OpenAI can hold to it', async () => {
    const strict = {
      type: 'object',
      properties: { name: { type: 'string' } },
      required: ['name'],
      additionalProperties: false,
    };
    const loose = {
      type: 'object',
      properties: { name: { type: 'string' }, inner: strict },
      required: ['name'],
    };
    for (const [schema, enforced] of [
      [strict, true],
      [loose, false],
    ] as const) {
      const { body } = await exchange({ ...ask('Who?'), output: { name: 'person', schema } });
      expect(body?.['response_format']).toEqual({
        type: 'json_schema',
        json_schema: { name: 'person', schema, strict: enforced },
      });
    }
  });

  it('asks a server that knows no schemas for JSON, and says so in its facts', async () => {
    const output = { name: 'person', schema: { type: 'object' } };
    const { body } = await exchange({ ...ask('Who?'), output }, '{}', { structuredOutput: false });
    expect(body?.['response_format']).toEqual({ type: 'json_object' });
    const model = openAiCompatibleModel({ name, baseUrl: 'http://127.0.0.1:1', structuredOutput: false });
    expect(model.facts.structuredOutput).toBe(false);
    await model.close();
  });

  it('passes on thoughts, words and tool calls, each whole', async () => {
    const toolCalls = [
      { id: 'c1', name: 'look_up', arguments: '{"q": "tea"}' },
      { id: 'c2', name: 'now', arguments: '{}' },
    ];
    const { events } = await exchange(ask('Hi'), { reasoning: 'Hm.', text: 'Let me see.', toolCalls });
    expect(events.filter(({ kind }) => kind === 'reasoning')).toEqual([{ kind: 'reasoning', text: 'Hm.' }]);
    const calls = events.flatMap((event) => (event.kind === 'tool-call' ? [event.call] : []));
    expect(calls).toEqual(toolCalls);
    expect(events.at(-1)).toMatchObject({ reason: 'tool-calls' });
  });

  it('tells no usage where the provider tells none', async () => {
    const { events } = await exchange(ask('Hi'), { text: 'fine', usage: null });
    expect(events.at(-1)).toEqual({ kind: 'end', reason: 'stop', usage: undefined });
  });

  it.each([
    ['length', 'length'],
    ['content_filter', 'content-filter'],
  ] as const)('says why an answer ended, also an empty one: %s', async (finish, reason) => {
    const { events } = await exchange(ask('Hi'), { text: '', finish });
    expect(events).toEqual([expect.objectContaining({ kind: 'end', reason })]);
  });

  it('refuses arguments of a tool call that are no JSON, without repeating them', async () => {
    const toolCalls = [{ id: 'c1', name: 'look_up', arguments: '{"secret' }];
    const error = await exchange({ messages: [{ role: 'assistant', text: '', toolCalls }] }).catch(String);
    expect(error).toContain('look_up');
    expect(error).not.toContain('secret');
  });

  it('names the limit of tokens as OpenAI wants it, and as all others do', () => {
    expect(bodyFor('https://api.openai.com/v1')({ max_tokens: 5 })).toEqual({ max_completion_tokens: 5 });
    expect(bodyFor('https://llm.example/v1')({ max_tokens: 5 })).toEqual({ max_tokens: 5 });
    expect(bodyFor('https://api.openai.com/v1')({})).toEqual({});
  });
});
