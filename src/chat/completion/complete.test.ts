import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LanguageModel, ModelEvent } from '../../ports/language-model.ts';
import { AppError } from '../../core/errors.ts';
import type { CompletionEvent, ModelMessage, MemoryMode } from '../../wire/completion.ts';
import { type ChatRoom, openChatRoom } from '../../../test/fakes/chat-room.ts';
import { completionDeps } from '../../../test/fakes/open-ai-door.ts';
import { scriptedModel } from '../../../test/fakes/scripted-model.ts';
import { forgetSession } from '../forget-conversations.ts';
import { complete } from './complete.ts';
import type { CompletionInput } from './completion-input.ts';

let room: ChatRoom;
beforeEach(async () => {
  room = await openChatRoom();
});
afterEach(() => room.close());

const user = (text: string): ModelMessage => ({ role: 'user', parts: [{ kind: 'text', text }] });
const QUESTION = 'What does Mira drink in the morning?';
const FACT = 'Mira drinks green tea from Shizuoka in the morning.';

interface Asking extends Partial<CompletionInput> {
  readonly with?: LanguageModel | undefined;
}

async function ask({ with: model, ...more }: Asking = {}) {
  const input: CompletionInput = {
    model: 'jiwa',
    messages: [user(QUESTION)],
    asked: {},
    userId: 'user',
    mayRemember: true,
    ...more,
  };
  const deps = completionDeps(room, model === undefined ? {} : { model });
  const events: CompletionEvent[] = await Array.fromAsync(complete(input, deps, room.ctx));
  const start = events.find(({ kind }) => kind === 'start') as Extract<CompletionEvent, { kind: 'start' }>;
  const text = events.flatMap((event) => (event.kind === 'text' ? event.text : [])).join('');
  return { events, start, text };
}

async function know(text: string): Promise<string> {
  const session = await room.newSession('Talk');
  await room.send(session, text, { answer: false });
  return session;
}

async function messagesOf(sessionId: string | undefined): Promise<(string | undefined)[]> {
  if (sessionId === undefined) return [];
  const run = { sessionId, from: 0, to: 1_000 };
  return (await room.deps.memory.at(room.ctx.ownerId, [run], room.ctx.signal)).map(({ text }) => text);
}

const sessions = () => room.deps.ledger.forOwner(room.ctx.ownerId, (tx) => tx.table('chatSessions').count());

describe('the memory mode', () => {
  test.each<[MemoryMode, recalls: boolean, remembers: boolean]>([
    ['off', false, false],
    ['session', false, true],
    ['all', true, true],
    ['read-only', true, false],
  ])('%s: sees what others said %s, remembers the turn %s', async (memory, recalls, remembers) => {
    await know(FACT);
    const model = scriptedModel(() => 'Green tea.');
    const { start } = await ask({ memory, with: model });
    expect(JSON.stringify(model.asked[0]).includes('Shizuoka')).toBe(recalls);
    expect([start.memory, start.memories.length]).toEqual([memory, recalls ? 1 : 0]);
    expect(await messagesOf(start.sessionId)).toEqual(remembers ? [QUESTION, 'Green tea.'] : []);
    expect(await sessions()).toBe(remembers ? 2 : 1);
  });

  test('session uses what was said in the same conversation before, and nothing else', async () => {
    await know('Mira drinks coffee in the evening.');
    const saying = { memory: 'session', conversation: 'kitchen' } as const;
    await ask({ ...saying, messages: [user(FACT)], with: scriptedModel(() => 'Noted.') });
    const model = scriptedModel(() => 'Green tea.');
    await ask({ ...saying, with: model });
    expect(JSON.stringify(model.asked[0])).toContain('Shizuoka');
    expect(JSON.stringify(model.asked[0])).not.toContain('coffee');
  });

  test('is all for a persona and off for a model of a provider, unless the caller says otherwise', async () => {
    const model = scriptedModel(() => 'Tea.');
    expect((await ask({ with: model })).start.memory).toBe('all');
    expect((await ask({ with: model, model: 'test/scripted' })).start.memory).toBe('off');
    const { start } = await ask({ with: model, model: 'test/scripted', memory: 'read-only' });
    expect(start.memory).toBe('read-only');
  });

  test('that writes is refused to who may only read; chosen by nobody, it reads', async () => {
    const reader = { mayRemember: false, with: scriptedModel(() => 'Tea.') };
    expect((await ask(reader)).start.memory).toBe('read-only');
    await expect(ask({ ...reader, memory: 'all' })).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('the conversation of a turn', () => {
  const model = scriptedModel(() => 'Yes.');

  test('is one a day without a name, and one a name', async () => {
    const first = (await ask({ with: model })).start.sessionId;
    expect((await ask({ with: model })).start.sessionId).toBe(first);
    room.clock.advance(24 * 60 * 60_000);
    expect((await ask({ with: model })).start.sessionId).not.toBe(first);
    const named = (await ask({ with: model, conversation: 'kitchen' })).start.sessionId;
    expect((await ask({ with: model, conversation: 'kitchen' })).start.sessionId).toBe(named);
    expect((await ask({ with: model, conversation: 'garden' })).start.sessionId).not.toBe(named);
  });

  test('is begun once when two turns begin it at the same time', async () => {
    const both = await Promise.all([ask({ with: model }), ask({ with: model })]);
    const [first, second] = both.map(({ start }) => start.sessionId);
    expect(first).toBe(second);
    expect(await messagesOf(first)).toHaveLength(4);
    expect(await sessions()).toBe(1);
  });

  test('that was forgotten begins anew under its name', async () => {
    const { start } = await ask({ with: model, conversation: 'kitchen' });
    await forgetSession({ id: start.sessionId ?? '' }, room.deps, room.ctx);
    const again = (await ask({ with: model, conversation: 'kitchen' })).start.sessionId;
    expect(again).not.toBe(start.sessionId);
    expect(await messagesOf(again)).toEqual([QUESTION, 'Yes.']);
  });

  test('can be one that was held elsewhere, by its id', async () => {
    const session = await know(FACT);
    expect((await ask({ with: model, conversation: session })).start.sessionId).toBe(session);
    expect(await messagesOf(session)).toEqual([FACT, QUESTION, 'Yes.']);
  });

  test('keeps only what is new of a conversation that is sent whole each time', async () => {
    const { start } = await ask({ with: model });
    const messages: ModelMessage[] = [user(QUESTION), { role: 'assistant', text: 'Yes.' }, user('And then?')];
    await ask({ with: model, messages });
    expect(await messagesOf(start.sessionId)).toEqual([QUESTION, 'Yes.', 'And then?', 'Yes.']);
  });

  test('keeps a question once when tools are called on the way', async () => {
    const call = { id: 'c', name: 'look', arguments: '{}' };
    const calling = scriptedModel((): ModelEvent[] => [
      { kind: 'tool-call', call },
      { kind: 'end', reason: 'tool-calls', usage: undefined },
    ]);
    const { start } = await ask({ with: calling });
    await ask({
      with: model,
      messages: [
        user(QUESTION),
        { role: 'assistant', text: '', toolCalls: [call] },
        { role: 'tool', callId: 'c', name: 'look', text: 'tea' },
      ],
    });
    expect(await messagesOf(start.sessionId)).toEqual([QUESTION, 'Yes.']);
  });

  test('keeps an answer that broke off, marked, and throws its error', async () => {
    const broken = new AppError('unavailable', 'gone');
    const cut = scriptedModel(() => [{ kind: 'text', text: 'Green' }, broken]);
    await expect(ask({ with: cut, conversation: 'kitchen' })).rejects.toMatchObject({ code: 'unavailable' });
    const { start } = await ask({ with: model, conversation: 'kitchen', memory: 'session' });
    expect(await messagesOf(start.sessionId)).toEqual([QUESTION, 'Green', QUESTION, 'Yes.']);
    expect(await room.objectsWith('"interrupted":true')).toHaveLength(1);
  });
});

describe('an answer that rests on a memory', () => {
  test('goes when that is forgotten, one that only had it at hand stays', async () => {
    const session = await know(FACT);
    const resting = await ask({ with: scriptedModel(() => 'Mira drinks green tea.'), conversation: 'one' });
    const other = await ask({ with: scriptedModel(() => 'No idea, sorry!'), conversation: 'two' });
    expect(other.start.memories).not.toEqual([]);
    await forgetSession({ id: session }, room.deps, room.ctx);
    await room.runJobs();
    expect(await messagesOf(resting.start.sessionId)).toEqual([QUESTION]);
    expect(await messagesOf(other.start.sessionId)).toEqual([QUESTION, 'No idea, sorry!']);
  });
});

describe('the prompt', () => {
  test('has persona, the caller’s instructions and the memories as data in one system message', async () => {
    await know(FACT);
    const model = scriptedModel(() => 'Arr.');
    await ask({
      with: model,
      model: 'jiwa/pirate',
      messages: [{ role: 'system', text: 'Be short.' }, user(QUESTION)],
    });
    const [system, ...rest] = model.asked[0]?.messages ?? [];
    expect(rest).toEqual([user(QUESTION)]);
    expect(system).toMatchObject({ role: 'system' });
    expect(system?.role === 'system' && system.text).toMatch(
      /^You are a pirate\.\n\nBe short\.\n\n[\s\S]*not instruction[\s\S]*⟦1 · message[\s\S]*Shizuoka[\s\S]*⟦end of 1⟧$/u,
    );
  });

  test('does not repeat as a memory what the conversation shows anyway', async () => {
    await know(FACT);
    const model = scriptedModel(() => 'Green tea.');
    const messages: ModelMessage[] = [user(FACT), { role: 'assistant', text: 'I see.' }, user(QUESTION)];
    expect((await ask({ with: model, messages })).start.memories).toEqual([]);
  });

  test('leaves memories out before a model of small size cannot take the conversation', async () => {
    await know(FACT);
    const model = scriptedModel(() => 'Tea.');
    const small = { ...model, facts: { ...model.facts, contextTokens: 1_050 } };
    expect((await ask({ with: small })).start.memories).toEqual([]);
  });

  test('goes to a model of a provider unchanged when memory is off', async () => {
    const model = scriptedModel(() => 'Tea.');
    const messages: ModelMessage[] = [{ role: 'system', text: 'A' }, user('B')];
    await ask({ with: model, model: 'test/scripted', messages, asked: { seed: 1, stop: ['x'] } });
    expect(model.asked).toEqual([{ messages, seed: 1, stop: ['x'] }]);
  });
});

describe('without a model that answers', () => {
  test('jiwa answers with quotes and says which memories they are from', async () => {
    await know(FACT);
    const { text, start } = await ask();
    expect(text).toContain('green tea from Shizuoka');
    expect(start.memories).toHaveLength(1);
    expect((await messagesOf(start.sessionId))[1]).toBe(text);
  });

  test('one that fails before its first word is stood in for by quotes, a named one fails', async () => {
    await know(FACT);
    const failing = scriptedModel(() => [new AppError('unavailable', 'No model there.')]);
    expect((await ask({ with: failing })).text).toContain('Shizuoka');
    const named = ask({ with: failing, model: 'test/scripted' });
    await expect(named).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('JSON that was asked for is refused, not faked', async () => {
    await know(FACT);
    const { events, start } = await ask({ asked: { output: { name: 'x', schema: {} } } });
    expect(events.map(({ kind }) => kind)).toEqual(['start', 'refusal', 'end']);
    expect(await messagesOf(start.sessionId)).toEqual([QUESTION]);
  });

  test('a conversation in which nobody asks anything gets a word all the same', async () => {
    const { text } = await ask({ messages: [{ role: 'system', text: 'Be short.' }] });
    expect(text).toMatch(/\w/);
  });

  test.each(['jiwa/nobody', 'nobody/knows', 'gpt-9', '/', 'jiwa/'])('%s is no model', async (model) => {
    await expect(ask({ model })).rejects.toMatchObject({ code: 'not-found' });
  });
});
