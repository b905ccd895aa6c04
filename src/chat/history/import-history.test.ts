import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openChatRoom, type ChatRoom } from '../../../test/fakes/chat-room.ts';
import { historyFixture, historyLine } from '../../../test/fakes/history-texts.ts';
import { storedZip as zip } from '../../../test/fakes/stored-zip.ts';
import { OWNER_B } from '../../../test/fakes/ctx.ts';
import { listSessions } from '../list-sessions.ts';
import { receiveMessage } from '../receive-message.ts';
import { importedMessageId, importedSessionId } from './import-ids.ts';
import { lineSession } from './json-lines.ts';

let room: ChatRoom;
beforeEach(async () => {
  room = await openChatRoom();
});
afterEach(() => room.close());

describe('an imported history', () => {
  it('of JSON lines keeps sittings apart, with times, speakers and captions', async () => {
    const report = await room.importHistory(historyFixture('people.jsonl'));
    expect(report).toEqual({
      format: 'json-lines',
      sessions: 2,
      imported: 3,
      known: 0,
      skipped: [
        { reason: 'no text', count: 1, example: 'line 5' },
        { reason: 'not valid JSON', count: 1, example: 'line 6' },
      ],
    });
    const id = importedSessionId(room.ctx.ownerId, 'json-lines', lineSession('ana-bo', '1'));
    expect(await room.messages(id)).toMatchObject([
      { id: importedMessageId(room.ctx.ownerId, id, 'D1:1'), seq: 0, role: 'person', author: 'Ana' },
      { seq: 1, author: 'Bo', caption: 'a photo of a harbour at sunrise', time: Date.UTC(2024, 5, 3, 9, 5) },
    ]);
    expect((await room.sessions()).map(({ title, messages }) => [title, messages])).toEqual([
      ['ana-bo · 2', 1],
      ['ana-bo · 1', 2],
    ]);
  });

  it.each([
    ['chatgpt-2023.json', 'chatgpt', 4],
    ['claude-2024.json', 'claude', 2],
    ['claude-2025.json', 'claude', 2],
  ])('of %s is taken in', async (name, format, imported) => {
    expect(await room.importHistory(historyFixture(name), 'conversations.json')).toMatchObject({
      format,
      sessions: 1,
      imported,
    });
  });

  it('is read from the zip as downloaded, numbered files included', async () => {
    const archive = zip({
      'export/conversations-000.json': historyFixture('conversations-000.json'),
      'export/conversations-001.json': historyFixture('conversations-001.json'),
      'export/chat.html': '<html>Trip to Ternate</html>',
      'export/user.json': '{}',
    });
    expect(await room.importHistory(archive, 'export.zip')).toMatchObject({
      format: 'chatgpt',
      sessions: 2,
      imported: 4,
    });
  });

  it('says where something was passed over, not what it says', async () => {
    const secret = 'the canary sings';
    const system = (id: string) => ({ author: { role: 'system' }, content: { parts: [secret] }, id });
    const conversation = (id: string) => ({
      conversation_id: id,
      current_node: 'b',
      mapping: {
        a: { message: { author: { role: 'user' }, content: { parts: ['Hello'] }, id: `${id}a` } },
        b: { message: system(`${id}b`), parent: 'a' },
      },
    });
    const report = await room.importHistory(JSON.stringify([conversation('x'), conversation('y'), secret]));
    expect(report.skipped).toEqual([
      { reason: 'system or tool message', count: 2, example: 'conversation 1, message 2' },
      { reason: 'not an object', count: 1, example: 'conversation 3' },
    ]);
  });

  it('is found by recall', async () => {
    await room.importHistory(historyFixture('people.jsonl'));
    const question = 'Who bought the blue raincoat?';
    const request = { question, filter: {}, limit: 3, tokenBudget: 500, neighbours: 0 };
    const { hits } = await room.deps.recall(request, room.ctx);
    expect(hits.map(({ text }) => text)).toContain('I sold the blue raincoat to a fisherman.');
  });

  it('is nobody else’s', async () => {
    await room.importHistory(historyFixture('people.jsonl'));
    expect(await room.deps.memory.count(OWNER_B, {}, room.ctx.signal)).toBe(0);
  });
});

describe('the same history again', () => {
  it('adds nothing', async () => {
    await room.importHistory(historyFixture('chatgpt-2023.json'), 'conversations.json');
    expect(await room.accept(historyFixture('chatgpt-2023.json'))).toMatchObject({ outcome: 'known' });
    const [ran] = await room.runJobs();
    expect(ran?.result).toMatchObject({ imported: 0, known: 4 });
    expect((await room.sessions()).map(({ messages }) => messages)).toEqual([4]);
  });

  it('in a newer export adds only what is new, at the end', async () => {
    await room.importHistory(historyLine('c', 'One') + historyLine('c', 'Two'));
    const report = await room.importHistory(
      historyLine('c', 'One') + historyLine('c', 'Two') + historyLine('c', 'Three') + historyLine('d', 'New'),
    );
    expect(report).toMatchObject({ imported: 2, known: 2, sessions: 2 });
    const id = importedSessionId(room.ctx.ownerId, 'json-lines', 'c');
    expect((await room.messages(id)).map(({ text, seq }) => [text, seq])).toEqual([
      ['One', 0],
      ['Two', 1],
      ['Three', 2],
    ]);
  });

  it('keeps what was said twice in the same words', async () => {
    const report = await room.importHistory(historyLine('c', 'Yes') + historyLine('c', 'Yes'));
    expect(report).toMatchObject({ imported: 2, known: 0 });
    const again = await room.importHistory(
      historyLine('c', 'Yes') + historyLine('c', 'Yes') + historyLine('c', 'Yes'),
    );
    expect(again).toMatchObject({ imported: 1, known: 2 });
  });

  it('takes a repeated id for the same message', async () => {
    const report = await room.importHistory(
      historyLine('c', 'A', { id: 1 }) + historyLine('c', 'A', { id: 1 }),
    );
    expect(report).toMatchObject({ imported: 1, known: 1 });
  });
});

describe('an import that is killed', () => {
  it('is taken up again without loss or double', async () => {
    const many = Array.from({ length: 2_500 }, (_, i) => historyLine(`c${i % 3}`, `Thought ${i}`)).join('');
    let upserts = 0;
    const dying = await openChatRoom({
      wrap: (deps) => ({
        ...deps,
        memory: {
          ...deps.memory,
          // The second batch of 1,000 dies in its middle, the rows of the sessions still at the first.
          upsert: (...input) =>
            ++upserts === 30 ? Promise.reject(new Error('killed')) : deps.memory.upsert(...input),
        },
      }),
    });
    await expect(dying.importHistory(many)).rejects.toThrow('inside Jiwa');
    await dying.accept(many);
    const [again] = await dying.runJobs();
    expect(again?.result).toMatchObject({ sessions: 3 });
    const listed = await listSessions({ limit: 50 }, dying.deps, dying.ctx);
    expect(listed.items.map(({ messages }) => messages).toSorted((a, b) => a - b)).toEqual([833, 833, 834]);
    const all = await dying.deps.memory.list(dying.ctx.ownerId, {}, { limit: 5_000 }, dying.ctx.signal);
    expect(new Set(all.items.map(({ text }) => text)).size).toBe(2_500);
    const places = all.items.map(({ sessionId, position }) => `${sessionId}/${position}`);
    expect(new Set(places).size).toBe(2_500);
    await dying.close();
  });

  it.each([
    ['before its file is stored', 'commit', 0],
    ['after its file is stored', 'settle', 3],
  ])('while it is accepted, %s, is settled by the sweep', async (_name, step, imported) => {
    const { objects, ledger } = room.deps;
    let transactions = 0;
    const dying = {
      ...room.deps,
      objects: {
        ...objects,
        stage: async (...input: Parameters<typeof objects.stage>) => {
          const staged = await objects.stage(...input);
          const commit = () => Promise.reject(new Error('killed'));
          return step === 'commit' ? { ...staged, commit } : staged;
        },
      },
      ledger: {
        ...ledger,
        forOwner: ((owner, work) =>
          step === 'settle' && ++transactions === 2
            ? Promise.reject(new Error('killed'))
            : ledger.forOwner(owner, work)) as typeof ledger.forOwner,
      },
    };
    await expect(room.accept(historyFixture('people.jsonl'), 'people.jsonl', dying)).rejects.toThrow(
      'killed',
    );
    await room.sweep();
    await room.runJobs();
    const filter = { kinds: ['message'] as const };
    expect(await room.deps.memory.count(room.ctx.ownerId, filter, room.ctx.signal)).toBe(imported);
    expect(await ledger.forOwner(room.ctx.ownerId, (tx) => tx.table('intents').count())).toBe(0);
  });

  it('stops at the next batch when it is cancelled', async () => {
    const stop = new AbortController();
    const ctx = { ...room.ctx, signal: stop.signal };
    stop.abort();
    await expect(
      room.accept(historyFixture('people.jsonl'), 'a.jsonl', room.deps, ctx),
    ).rejects.toMatchObject({
      code: 'aborted',
    });
    expect(await room.sessions()).toEqual([]);
  });
});

describe('a file of one conversation', () => {
  it.each([
    ['on one line', undefined],
    ['on many lines', 2],
  ])('%s is taken in', async (_name, indent) => {
    const [conversation] = JSON.parse(historyFixture('claude-2024.json')) as unknown[];
    const text = JSON.stringify(conversation, null, indent);
    expect(await room.importHistory(text, 'one.json')).toMatchObject({ format: 'claude', imported: 2 });
  });
});

describe('a file that is no history', () => {
  it.each([
    ['plain words', 'Dear diary'],
    ['a picture', '\u0089PNG\r\n'],
    ['nothing', ''],
  ])('%s is refused and not kept', async (_name, text) => {
    await expect(room.accept(text, 'diary.txt')).rejects.toMatchObject({ code: 'unsupported' });
    expect(await room.traces('diary.txt')).toEqual([]);
  });

  it('but JSON says what was wrong with it', async () => {
    await expect(room.importHistory('[{"a":1},{"a":2}]', 'a.json')).rejects.toThrow('skipped: no text (2)');
  });

  it('but a zip says what was expected in it', async () => {
    const archive = zip({ 'readme.txt': 'Hello' });
    await expect(room.importHistory(archive, 'a.zip')).rejects.toThrow(
      'Expected a zip with conversations.json',
    );
  });
});

describe('a rebuild', () => {
  it('gives an empty memory everything back as it was', async () => {
    await room.importHistory(historyLine('c', 'One') + historyLine('c', 'Two'));
    const id = importedSessionId(room.ctx.ownerId, 'json-lines', 'c');
    room.clock.advance(1_000);
    await receiveMessage({ sessionId: id, role: 'user', text: 'Said here' }, room.deps, room.ctx);
    room.clock.advance(1_000);
    await room.importHistory(historyLine('c', 'One') + historyLine('c', 'Two') + historyLine('c', 'Three'));
    const { memory, ledger } = room.deps;
    const before = await memory.list(room.ctx.ownerId, {}, { limit: 50 }, room.ctx.signal);
    expect(before.items).toHaveLength(4);
    await memory.removeOwner(room.ctx.ownerId, room.ctx.signal);
    await ledger.forOwner(room.ctx.ownerId, (tx) =>
      tx.enqueue({ kind: 'rebuild-chats', queue: 'ingestion', payload: { userId: 'user' } }),
    );
    const ran = await room.runJobs();
    expect(ran.find(({ kind }) => kind === 'rebuild-chats')?.result).toEqual({
      sessions: 1,
      messages: 1,
      imported: 5,
    });
    const after = await memory.list(room.ctx.ownerId, {}, { limit: 50 }, room.ctx.signal);
    expect(after.items).toEqual(before.items);
    expect((await room.sessions())[0]?.messages).toBe(4);
  });
});

describe('a time that cannot be read', () => {
  const timed = (text: string, time: unknown) => historyLine('trip', text, { time });

  it('is counted with the first examples of what came, and the message stands after the one before it', async () => {
    const report = await room.importHistory(
      [timed('We left.', '2024-05-01T10:00:00Z'), timed('We sailed.', '31/31/2024'), timed('Home.', -5)].join(
        '',
      ),
    );
    expect(report).toMatchObject({
      imported: 3,
      unreadTimes: { count: 2, examples: ['line 2: 31/31/2024', 'line 3: -5'] },
    });
    const [session] = await room.sessions();
    expect((await room.messages(session?.id ?? '')).map(({ time }) => time)).toEqual(
      Array.from({ length: 3 }, () => Date.UTC(2024, 4, 1, 10)),
    );
  });

  it('is told by its place alone when it holds words, which could be what somebody said', async () => {
    const report = await room.importHistory(
      timed('Hello', 'the canary sings') + timed('You', { at: 'noon' }),
    );
    expect(report).toMatchObject({ unreadTimes: { count: 2, examples: ['line 1', 'line 2'] } });
  });

  it('is not what a message without any time has', async () => {
    const report = await room.importHistory(timed('Hello', null) + timed('You', ' '));
    expect(report).not.toHaveProperty('unreadTimes');
  });

  it('is counted in exports of assistants too', async () => {
    const message = { uuid: 'm', sender: 'human', text: 'Hello', created_at: '99-99-99' };
    const report = await room.importHistory(JSON.stringify([{ uuid: 'c', chat_messages: [message] }]));
    expect(report).toMatchObject({ format: 'claude', unreadTimes: { count: 1 } });
  });
});
