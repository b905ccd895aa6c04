import { afterEach, describe, expect, it, vi } from 'vitest';
import { remoteLanguageModelContract } from '../../../test/contracts/remote-language-model.ts';
import { ask, modelExchange } from '../../../test/fakes/model-exchange.ts';
import type { ScriptedAnswer } from '../../../test/fakes/model-server.ts';
import type { ModelRequest } from '../../ports/language-model.ts';
import { anthropicModel } from './anthropic-model.ts';

const name = { provider: 'scripted', model: 'test-model' };

remoteLanguageModelContract('anthropicModel', (settings) => anthropicModel({ name, ...settings }), {
  // Its events say which part of the message they belong to.
  'tool-call-without-index': 'unavailable',
});

const exchange = (request: ModelRequest, answer?: ScriptedAnswer, apiKey?: string) =>
  modelExchange((baseUrl) => anthropicModel({ name, baseUrl, apiKey }), request, answer);

describe('anthropicModel', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('asks the Anthropic way, with everything the request says', async () => {
    const { body, headers } = await exchange(
      {
        messages: [
          { role: 'system', text: 'Be kind.' },
          { role: 'user', parts: [{ kind: 'text', text: 'Look it up.' }] },
          {
            role: 'assistant',
            text: 'I will.',
            toolCalls: [{ id: 'c1', name: 'look_up', arguments: '{"q":"tea"}' }],
          },
          { role: 'tool', callId: 'c1', name: 'look_up', text: 'Tea is a drink.' },
        ],
        maxOutputTokens: 50,
        temperature: 0.2,
        stop: ['END'],
        seed: 7,
        tools: [{ name: 'look_up', description: 'Looks things up.', parameters: { type: 'object' } }],
        toolChoice: 'required',
      },
      'fine',
      'sk-ant-test',
    );
    expect(headers?.['x-api-key']).toBe('sk-ant-test');
    expect(headers?.['anthropic-version']).toMatch(/^\d{4}-/);
    expect(body).toMatchObject({
      model: 'test-model',
      stream: true,
      max_tokens: 50,
      temperature: 0.2,
      stop_sequences: ['END'],
      system: [{ type: 'text', text: 'Be kind.' }],
      tools: [{ name: 'look_up', description: 'Looks things up.', input_schema: { type: 'object' } }],
      tool_choice: { type: 'any' },
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'Look it up.' }] },
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'I will.' },
            { type: 'tool_use', id: 'c1', name: 'look_up', input: { q: 'tea' } },
          ],
        },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c1', content: 'Tea is a drink.' }] },
      ],
    });
    expect(body).not.toHaveProperty('seed');
  });

  it('puts all instructions before the conversation', async () => {
    const { body } = await exchange({
      messages: [
        { role: 'system', text: 'Be kind.' },
        ...ask('Hi').messages,
        { role: 'system', text: 'Be short.' },
        ...ask('Ho').messages,
      ],
    });
    expect(body).toMatchObject({ system: [{ text: 'Be kind.' }, { text: 'Be short.' }] });
    expect(JSON.stringify(body?.['messages'])).not.toContain('Be ');
  });

  it('sends images as they are', async () => {
    const bytes = Buffer.from('pixels');
    const part = { kind: 'image', mediaType: 'image/png', bytes } as const;
    const { body } = await exchange({ messages: [{ role: 'user', parts: [part] }] });
    const source = { type: 'base64', media_type: 'image/png', data: bytes.toString('base64') };
    expect(body).toMatchObject({ messages: [{ content: [{ type: 'image', source }] }] });
  });

  it('holds the model to a schema, and gives what it writes as text', async () => {
    const schema = { type: 'object', properties: { name: { type: 'string' } } };
    const toolCalls = [{ id: 'c1', name: 'json', arguments: '{"name":"Ana"}' }];
    const { body, events } = await exchange(
      { ...ask('Who?'), output: { name: 'person', schema } },
      { toolCalls },
    );
    expect(JSON.stringify(body)).toContain('"name":{"type":"string"}');
    const text = events.map((event) => (event.kind === 'text' ? event.text : '')).join('');
    expect(JSON.parse(text)).toEqual({ name: 'Ana' });
    expect(events.at(-1)).toMatchObject({ reason: 'stop' });
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

  it('takes no key and no address from the environment', async () => {
    vi.stubEnv('ANTHROPIC_API_KEY', 'sk-from-the-environment');
    vi.stubEnv('ANTHROPIC_AUTH_TOKEN', 'token-from-the-environment');
    vi.stubEnv('ANTHROPIC_BASE_URL', 'http://192.0.2.1/v1');
    const { headers } = await exchange(ask('Hi'));
    expect(JSON.stringify(headers)).not.toContain('environment');
  });
});
