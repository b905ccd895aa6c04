import { describe, expect, it } from 'vitest';
import type { ModelMessage, ModelRequest } from '../../../ports/language-model.ts';
import { chatFunctions, chatHistory } from './chat-history.ts';

const user = (text: string): ModelMessage => ({ role: 'user', parts: [{ kind: 'text', text }] });

describe('chatHistory', () => {
  it('ends with the answer that is to be written', () => {
    expect(chatHistory([{ role: 'system', text: 'Be kind.' }, user('Hello')])).toEqual([
      { type: 'system', text: 'Be kind.' },
      { type: 'user', text: 'Hello' },
      { type: 'model', response: [] },
    ]);
  });

  it('goes on with an answer that was begun', () => {
    expect(chatHistory([user('Count'), { role: 'assistant', text: 'One, ' }]).at(-1)).toEqual({
      type: 'model',
      response: ['One, '],
    });
  });

  it('puts the result of a tool to its call', () => {
    const call = { id: 'c1', name: 'clock', arguments: '{"zone":"WIB"}' };
    const messages: ModelMessage[] = [
      user('What time is it?'),
      { role: 'assistant', text: '', toolCalls: [call] },
      { role: 'tool', callId: 'c1', name: 'clock', text: '12:00' },
    ];
    expect(chatHistory(messages).at(-1)).toEqual({
      type: 'model',
      response: [{ type: 'functionCall', name: 'clock', params: { zone: 'WIB' }, result: '12:00' }],
    });
    expect(() => chatHistory(messages.toSpliced(1, 1))).toThrow(
      expect.objectContaining({ code: 'invalid-input' }),
    );
  });
});

describe('chatFunctions', () => {
  const parameters = { type: 'object', properties: { zone: { type: 'string' } } };
  const request: ModelRequest = { messages: [user('Hi')], tools: [{ name: 'clock', parameters }] };

  it('offers tools, and none where none may be called', () => {
    expect(chatFunctions(request)).toMatchObject({ clock: { params: { type: 'object' } } });
    expect(chatFunctions({ ...request, toolChoice: 'none' })).toBeUndefined();
  });
});
