import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openChatRoom, type ChatRoom } from '../../test/fakes/chat-room.ts';
import { readFixture } from '../../test/fakes/read-fixture.ts';
import { answerByQuotes } from './answer/floor-answerer.ts';
import { answerMessage } from './answer-message.ts';
import type { Answerer } from './answerer.ts';
import { forgetAnswers } from './forget-answers-job.ts';
import { forgetAllSessions, forgetMessage, forgetSession } from './forget-conversations.ts';
import { hiddenSources } from './hidden-sources.ts';
import { receiveMessage } from './receive-message.ts';
import { listMessages } from './session-messages.ts';
import { getSession } from './sessions.ts';
import { listSessions } from './list-sessions.ts';

let room: ChatRoom;
beforeEach(async () => {
  room = await openChatRoom({
    followers: ({ kind }) => (kind === 'source-forgotten' ? [forgetAnswers] : []),
  });
});
afterEach(() => room.close());

const CANARY = 'quokka';
const say = (sessionId: string, text: string) =>
  receiveMessage({ sessionId, role: 'user', text }, room.deps, room.ctx);
const texts = async (id: string) =>
  (await listMessages({ id, limit: 50, latest: false }, room.deps, room.ctx)).items.map(({ text }) => text);
const items = () => room.deps.memory.count(room.ctx.ownerId, {}, room.ctx.signal);

async function quietDown() {
  room.clock.advance(60_000);
  await room.runJobs();
}

describe('a forgotten message', () => {
  it('leaves no word of it anywhere, and a report of what went', async () => {
    const id = await room.newSession('Animals');
    const { id: messageId } = await say(id, `The ${CANARY} smiles.`);
    await say(id, 'The wombat sleeps.');
    await quietDown();
    const report = await forgetMessage({ id, messageId }, room.deps, room.ctx);
    expect(report).toEqual({ id: messageId, removed: { message: 1, objects: 1, sessions: 0 } });
    await quietDown();
    expect(await texts(id)).toEqual(['The wombat sleeps.']);
    expect((await getSession({ id }, room.deps, room.ctx)).messages).toBe(1);
    expect(await room.traces(CANARY)).toEqual([]);
  });

  it('takes the title that was made from it along', async () => {
    const id = await room.newSession();
    const { id: messageId } = await say(id, `The ${CANARY} smiles.`);
    await say(id, 'The wombat sleeps.');
    await forgetMessage({ id, messageId }, room.deps, room.ctx);
    expect((await getSession({ id }, room.deps, room.ctx)).title).toBe('The wombat sleeps.');
  });

  it('takes the answers that quote it along', async () => {
    const notes = await room.newSession('Notes');
    const { id: messageId } = await say(notes, `The ${CANARY} lives on Rottnest island.`);
    const chat = await room.newSession('Chat');
    await room.send(chat, 'Where does the marsupial live, on which island?');
    expect((await texts(chat)).join()).toContain(CANARY);
    const report = await forgetMessage({ id: notes, messageId }, room.deps, room.ctx);
    expect(report.removed).toMatchObject({ message: 2, objects: 2 });
    expect(await texts(chat)).toEqual(['Where does the marsupial live, on which island?']);
    expect((await getSession({ id: chat }, room.deps, room.ctx)).messages).toBe(1);
    await quietDown();
    expect(await room.traces(CANARY)).toEqual([]);
  });

  it('is not found twice', async () => {
    const id = await room.newSession();
    const { id: messageId } = await say(id, 'The wombat sleeps.');
    await forgetMessage({ id, messageId }, room.deps, room.ctx);
    await expect(forgetMessage({ id, messageId }, room.deps, room.ctx)).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('is not found in another conversation', async () => {
    const { id: messageId } = await say(await room.newSession(), 'The wombat sleeps.');
    const other = await room.newSession();
    await expect(forgetMessage({ id: other, messageId }, room.deps, room.ctx)).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});

describe('a forgotten session', () => {
  it('leaves no word of it anywhere', async () => {
    const id = await room.newSession();
    await say(id, `The ${CANARY} smiles.`);
    await room.send(id, `What does the ${CANARY} do?`);
    const kept = await room.newSession('Kept');
    await say(kept, 'The wombat sleeps.');
    await quietDown();
    const report = await forgetSession({ id }, room.deps, room.ctx);
    expect(report.removed).toMatchObject({ message: 3, sessions: 1 });
    await quietDown();
    await expect(getSession({ id }, room.deps, room.ctx)).rejects.toMatchObject({ code: 'not-found' });
    expect(await texts(kept)).toEqual(['The wombat sleeps.']);
    expect(await room.objectsWith('wombat')).not.toEqual([]);
    expect(await room.traces(CANARY)).toEqual([]);
  });

  it('tells what happened to those who listen', async () => {
    const id = await room.newSession();
    await forgetSession({ id }, room.deps, room.ctx);
    expect(room.announced).toEqual([{ kind: 'source-forgotten', sourceId: id }]);
  });
});

describe('forgetting everything', () => {
  it('leaves no session, item or object, imports included', async () => {
    await say(await room.newSession(), `The ${CANARY} smiles.`);
    await room.importHistory(readFixture('history/people.jsonl'));
    await room.importHistory(readFixture('history/chatgpt-2023.json'), 'conversations.json');
    await quietDown();
    const report = await forgetAllSessions(room.deps, room.ctx);
    expect(report.removed).toMatchObject({ message: 8, sessions: 4 });
    await quietDown();
    expect((await listSessions({ limit: 50 }, room.deps, room.ctx)).items).toEqual([]);
    expect(await items()).toBe(0);
    for (const word of [CANARY, 'raincoat', 'sourdough', 'rye']) expect(await room.traces(word)).toEqual([]);
  });
});

describe('a message deleted twice at once', () => {
  it('is taken out of the count of its conversation once', async () => {
    const id = await room.newSession('Animals');
    const { id: messageId } = await say(id, `The ${CANARY} smiles.`);
    for (const text of ['The wombat sleeps.', 'The owl wakes.']) await say(id, text);
    const forgetting = () => forgetMessage({ id, messageId }, room.deps, room.ctx);
    await Promise.all([forgetting(), forgetting()]);
    expect((await getSession({ id }, room.deps, room.ctx)).messages).toBe(2);
  });
});

describe('a deletion among many answers', () => {
  it('looks only at those that quote what goes', async () => {
    const notes = await room.newSession('Notes');
    const { id: messageId } = await say(notes, `The ${CANARY} lives on Rottnest island.`);
    await say(notes, 'Hansen repaired the boiler.');
    const chat = await room.newSession('Chat');
    for (let i = 0; i < 3; i++) await room.send(chat, 'Who repaired the boiler?');
    await room.send(chat, 'Where does the marsupial live, on which island?');
    const { memory } = room.deps;
    const seen: string[] = [];
    const watched: typeof memory = {
      ...memory,
      async list(...input) {
        const page = await memory.list(...input);
        seen.push(...page.items.map(({ text = '' }) => text));
        return page;
      },
    };
    await forgetMessage({ id: notes, messageId }, { ...room.deps, memory: watched }, room.ctx);
    expect(seen).toEqual([expect.stringContaining(CANARY)]);
  });
});

describe('a deletion that was cut off', () => {
  it('hides at once, and is carried through by the sweep', async () => {
    const id = await room.newSession('Animals');
    const { id: messageId } = await say(id, `The ${CANARY} smiles.`);
    const remove = () => Promise.reject(new Error('killed'));
    const dying = { ...room.deps, memory: { ...room.deps.memory, remove } };
    await expect(forgetMessage({ id, messageId }, dying, room.ctx)).rejects.toThrow('killed');
    expect(await hiddenSources(room.deps, room.ctx)).toContain(messageId);
    expect(await texts(id)).toEqual([]);
    await room.sweep();
    expect(await hiddenSources(room.deps, room.ctx)).toEqual([]);
    expect(await items()).toBe(0);
    expect(await room.traces(CANARY)).toEqual([]);
  });
});

describe('a document that another room deletes', () => {
  it('takes the answers that quote it along', async () => {
    const documentId = '44444444-4444-4444-8444-444444444444';
    const chat = await room.newSession('Chat');
    const end = await quoteDocument(chat, documentId);
    expect(end).toMatchObject({ kind: 'answer-end', answer: { kind: 'extractive' } });
    await room.deps.ledger.forOwner(room.ctx.ownerId, async (tx) => {
      await tx
        .table('tombstones')
        .insert({ kind: 'document', sourceId: documentId, createdAt: tx.now, report: '{}' });
      await tx.announce({ kind: 'source-forgotten', sourceId: documentId });
    });
    await quietDown();
    expect(await texts(chat)).toEqual(['Where does the marsupial live?']);
    expect(await room.traces(CANARY)).toEqual([]);
  });

  it('while it is being answered from, takes the answer along as well', async () => {
    const documentId = '44444444-4444-4444-8444-444444444444';
    const chat = await room.newSession('Chat');
    // Forgotten, and every answer that quotes it looked for, before this one is stored.
    await quoteDocument(chat, documentId, async () => {
      await room.deps.ledger.forOwner(room.ctx.ownerId, (tx) =>
        tx
          .table('tombstones')
          .insert({ kind: 'document', sourceId: documentId, createdAt: tx.now, report: '{}' }),
      );
      await room.runJobs();
    });
    await quietDown();
    expect(await texts(chat)).toEqual(['Where does the marsupial live?']);
    expect(await room.traces(CANARY)).toEqual([]);
  });

  async function quoteDocument(chat: string, documentId: string, recalled = async () => {}) {
    const { recall } = room.deps;
    const hit = {
      id: '55555555-5555-4555-8555-555555555555',
      kind: 'chunk' as const,
      text: `The ${CANARY} is a marsupial and does live on Rottnest.`,
      score: 3,
      signals: { words: 3, meaning: 0, neighbours: 0, role: 0, speaker: 0, answering: 0, time: 0 },
      matched: [],
      place: {
        kind: 'document' as const,
        documentId,
        name: 'a.txt',
        position: 0,
        start: 0,
        end: 50,
        time: 0,
      },
      tags: [],
      trust: 3,
      neighbours: [],
    };
    const quoting: typeof recall = async (request, ctx) => {
      const found = await recall(request, ctx);
      await recalled();
      return { ...found, hits: [hit] };
    };
    const sent = {
      sessionId: chat,
      text: 'Where does the marsupial live?',
      role: 'user',
      answer: true,
      filter: {},
      mode: 'santai',
      userId: 'user',
    } as const;
    const answerer: Answerer = (input, ctx) => answerByQuotes(input, { ...room.deps, recall: quoting }, ctx);
    const events = await Array.fromAsync(answerMessage(sent, { ...room.deps, answerer }, room.ctx));
    return events.at(-1);
  }
});
