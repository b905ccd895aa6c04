import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openChatRoom, type ChatRoom } from '../../test/fakes/chat-room.ts';
import type { MemoryItem } from '../ports/memory-store.ts';
import { answerMessage } from './answer-message.ts';
import { ask as askOf } from './ask.ts';
import { openCitation } from './open-citation.ts';
import { listMessages } from './session-messages.ts';
import { listSessions } from './list-sessions.ts';
import { storeMessage } from './receive-message.ts';

let room: ChatRoom;
let notes: string;
let chat: string;
beforeEach(async () => {
  room = await openChatRoom();
  notes = await room.newSession('Notes');
  chat = await room.newSession('Chat');
  for (const text of ['It rained.', 'Hansen repaired the boiler.', 'The cat sleeps.'])
    await room.send(notes, text, { answer: false });
});
afterEach(() => room.close());

const ask = (question: string) =>
  askOf({ question, filter: {}, mode: 'santai', userId: 'user' }, room.deps, room.ctx);
const QUESTION = 'Who repaired the boiler?';
const texts = async (id: string) =>
  (await listMessages({ id, limit: 50, latest: false }, room.deps, room.ctx)).items.map(({ text }) => text);

describe('a message that is answered', () => {
  it('is stored first, then answered in pieces that make the stored answer', async () => {
    const events = await room.send(chat, QUESTION);
    const kinds = events.map(({ kind }) => kind);
    expect(kinds.slice(0, 2)).toEqual(['message-stored', 'answer-start']);
    expect(kinds.at(-1)).toBe('answer-end');
    const pieces = events.flatMap((event) => (event.kind === 'answer-delta' ? event.text : []));
    const end = events.at(-1);
    if (end?.kind !== 'answer-end') throw new Error('no end');
    expect(pieces.join('')).toBe(end.answer.text);
    expect(await texts(chat)).toEqual([QUESTION, end.answer.text]);
    expect(end.message).toMatchObject({ role: 'assistant', seq: 1, citations: end.answer.citations });
    expect(events).toContainEqual({ kind: 'answer-start', messageId: end.message.id });
  });

  it('is answered from other conversations, not from itself', async () => {
    const end = (await room.send(chat, QUESTION)).at(-1);
    expect(end).toMatchObject({ answer: { citations: [{ quote: 'Hansen repaired the boiler.' }] } });
  });

  it('gets the same answer again, not the answer quoted', async () => {
    await room.send(chat, QUESTION);
    const end = (await room.send(chat, QUESTION)).at(-1);
    expect(end).toMatchObject({ answer: { citations: [{ quote: 'Hansen repaired the boiler.' }] } });
  });

  it('sent twice with one key is stored and answered once', async () => {
    const first = await room.send(chat, QUESTION, { idempotencyKey: 'k' });
    const again = await room.send(chat, QUESTION, { idempotencyKey: 'k' });
    const end = (events: typeof first) => events.find(({ kind }) => kind === 'answer-end');
    expect(end(again)).toMatchObject({ message: (end(first) as { message: unknown }).message });
    expect(await texts(chat)).toHaveLength(2);
  });

  it('gets the answer that a killed process had left, when that is settled while another one is given', async () => {
    const left = { sessionId: chat, role: 'assistant', text: 'It was Hansen, said the one before.' } as const;
    const deps: typeof room.deps = {
      ...room.deps,
      async *answerer(input, ctx) {
        await storeMessage(input.answerId, left, room.deps, ctx);
        yield* room.deps.answerer(input, ctx);
      },
    };
    const message = { sessionId: chat, userId: 'user', role: 'user', text: QUESTION, filter: {} } as const;
    const events = await Array.fromAsync(
      answerMessage({ ...message, answer: true, mode: 'santai', idempotencyKey: 'k' }, deps, room.ctx),
    );
    const anew = events.slice(events.findIndex(({ kind }) => kind === 'reset') + 1);
    expect(anew.map(({ kind }) => kind)).toEqual([
      'message-stored',
      'answer-start',
      'answer-delta',
      'answer-end',
    ]);
    expect(anew.flatMap((event) => (event.kind === 'answer-delta' ? event.text : [])).join('')).toBe(
      left.text,
    );
    expect(anew.at(-1)).toMatchObject({ message: { text: left.text }, answer: { text: left.text } });
    expect(await texts(chat)).toContain(left.text);
    expect(await texts(chat)).toHaveLength(2);
  });

  it('says that memory holds nothing, and keeps that too', async () => {
    await room.send(chat, 'What is the capital of Mongolia?');
    expect((await texts(chat))[1]).toBe('There is nothing about this in memory.');
  });

  it.each([
    ['I moved to Bandung last week.', 'I will remember that.'],
    ['На прошлой неделе я переехал в Бандунг.', 'Я это запомню.'],
    ['Minggu lalu saya pindah rumah ke Bandung.', 'Ini akan saya ingat.'],
    ['La settimana scorsa mi sono trasferita a Bandung.', 'Lo ricorderò.'],
  ])('that asks nothing is acknowledged, with no evidence of its own: %s', async (message, text) => {
    const end = (await room.send(chat, message, { idempotencyKey: 'k' })).at(-1);
    expect(end).toMatchObject({ answer: { kind: 'remembered', text, citations: [], nearest: [] } });
    const again = (await room.send(chat, message, { idempotencyKey: 'k' })).at(-1);
    expect(again).toMatchObject({ answer: { kind: 'remembered', text } });
    expect(await texts(chat)).toEqual([message, text]);
  });

  it('that asks nothing is answered where memory has all of it', async () => {
    const end = (await room.send(chat, 'repaired boiler')).at(-1);
    expect(end).toMatchObject({ answer: { citations: [{ quote: 'Hansen repaired the boiler.' }] } });
  });

  it('is only remembered when no answer is wanted', async () => {
    const events = await room.send(chat, QUESTION, { answer: false });
    expect(events.map(({ kind }) => kind)).toEqual(['message-stored']);
  });

  it('of the assistant needs `answer: false`', async () => {
    await expect(room.send(chat, 'Hello.', { role: 'assistant' })).rejects.toMatchObject({
      code: 'invalid-input',
    });
    expect(await texts(chat)).toEqual([]);
  });
});

describe('ask', () => {
  it('answers and keeps nothing', async () => {
    const count = () => room.deps.memory.count(room.ctx.ownerId, {}, room.ctx.signal);
    const before = [await count(), await room.objectsWith(''), (await list()).items];
    const answer = await ask(QUESTION);
    expect(answer).toMatchObject({ kind: 'extractive' });
    expect([await count(), await room.objectsWith(''), (await list()).items]).toEqual(before);
    expect(await room.objectsWith(QUESTION)).toEqual([]);
    expect(await room.rowsWith(QUESTION)).toEqual([]);
  });

  it('promises to remember nothing', async () => {
    const answer = await ask('I moved to Bandung.');
    expect(answer.kind).toBe('nothing-found');
  });

  const list = () => listSessions({ limit: 50 }, room.deps, room.ctx);
});

describe('an opened citation', () => {
  const deps = () => ({ ...room.deps, texts: room.texts });
  const cited = async () => {
    const { citations } = await ask(QUESTION);
    return citations[0]?.itemId ?? '';
  };

  it('stands between its neighbours', async () => {
    expect(await openCitation({ id: await cited() }, deps(), room.ctx)).toMatchObject({
      before: 'user: It rained.',
      text: 'Hansen repaired the boiler.',
      after: 'user: The cat sleeps.',
      place: { kind: 'conversation', sessionId: notes, name: 'Notes', position: 1 },
    });
  });

  it('of a paragraph stands inside its message', async () => {
    const parts = Array.from({ length: 6 }, (_, i) => `Part ${i}. ${'Beans grow. '.repeat(30)}`.trim());
    await room.send(notes, parts.join('\n\n'), { answer: false });
    const filter = { kinds: ['paragraph'] as const };
    const { items } = await room.deps.memory.list(room.ctx.ownerId, filter, { limit: 50 }, room.ctx.signal);
    const part = items.find(({ text }) => text?.startsWith('Part 2'));
    const view = await openCitation({ id: part?.id ?? '' }, deps(), room.ctx);
    expect(view.before + view.text + view.after).toBe(parts.join('\n\n'));
    expect(view.text).toMatch(/^Part 2/u);
  });

  it('of a chunk goes on where its neighbours begin', async () => {
    const documentId = '44444444-4444-4444-8444-444444444444';
    const texts = ['One. ', 'Two. ', 'Three. '];
    const chunk = (text: string, position: number): MemoryItem => ({
      id: `44444444-4444-4444-8444-44444444444${position}`,
      kind: 'chunk',
      text,
      terms: '',
      documentId,
      position,
      createdAt: 1,
      asks: false,
      tags: [],
      entities: [],
      trust: 3,
      derivedFrom: [documentId],
      sources: [documentId],
      analyserVersion: 1,
      version: 1,
      filename: 'a.txt',
    });
    await room.deps.memory.upsert(room.ctx.ownerId, texts.map(chunk), room.ctx.signal);
    const id = chunk('', 1).id;
    expect(await openCitation({ id }, deps(), room.ctx)).toMatchObject({
      before: 'One. ',
      text: 'Two. ',
      after: 'Three. ',
      place: { name: 'a.txt', documentId },
    });
  });

  it('is not found once its source is being forgotten, nor by another owner', async () => {
    const id = await cited();
    const other = { ...room.ctx, ownerId: 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb' };
    await expect(openCitation({ id }, deps(), other)).rejects.toMatchObject({ code: 'not-found' });
    await room.deps.ledger.forOwner(room.ctx.ownerId, (tx) =>
      tx.table('tombstones').insert({ kind: 'message', sourceId: id, createdAt: tx.now, report: null }),
    );
    await expect(openCitation({ id }, deps(), room.ctx)).rejects.toMatchObject({ code: 'not-found' });
  });
});
