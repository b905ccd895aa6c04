import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openChatRoom, type ChatRoom } from '../../../test/fakes/chat-room.ts';
import { storedZip as zip } from '../../../test/fakes/stored-zip.ts';
import { readFixture } from '../../../test/fakes/read-fixture.ts';
import { forgetMessage, forgetSession } from '../forget-conversations.ts';
import { listSessions } from '../list-sessions.ts';
import { listMessages } from '../session-messages.ts';
import { importedSessionId } from './import-ids.ts';

let room: ChatRoom;
beforeEach(async () => {
  room = await openChatRoom();
});
afterEach(() => room.close());

/** Objects and rows that still hold a word. */
const traces = async (word: string) => [...(await room.objectsWith(word)), ...(await room.rowsWith(word))];

const sessions = async () => (await listSessions({ limit: 50 }, room.deps, room.ctx)).items;
const messages = async (id: string) =>
  (await listMessages({ id, limit: 50, latest: false }, room.deps, room.ctx)).items;
const fixture = (name: string) => readFixture(`history/${name}`);

const line = (conversation: string, text: string) =>
  `${JSON.stringify({ conversation, role: 'user', text, time: '2024-05-01T10:00:00Z' })}\n`;

describe('what was deleted of an import', () => {
  const CANARY = 'raincoat';

  it('is gone from the imported file, and stays away in a newer one', async () => {
    await room.importHistory(fixture('people.jsonl'));
    for (const { id } of await sessions())
      for (const { id: messageId, text } of await messages(id))
        if (text.includes(CANARY)) await forgetMessage({ id, messageId }, room.deps, room.ctx);
    const newer = `${fixture('people.jsonl')}\n${line('other', 'Something new')}`;
    const report = await room.importHistory(newer, 'people.jsonl');
    expect(report).toMatchObject({ imported: 1, known: 1 });
    expect(report.skipped.find(({ reason }) => reason === 'deleted here before')?.count).toBe(2);
    room.clock.advance(60_000);
    await room.runJobs();
    expect(await room.objectsWith('ferry')).not.toEqual([]);
    expect(await traces(CANARY)).toEqual([]);
  });

  it('is gone from a zip, whose other files repeat it', async () => {
    const archive = zip({
      'conversations-000.json': fixture('conversations-000.json'),
      'conversations-001.json': fixture('conversations-001.json'),
      'chat.html': '<html>dentist</html>',
    });
    await room.importHistory(archive, 'export.zip');
    const dentist = (await sessions()).find(({ title }) => title.includes('dentist'));
    await forgetSession({ id: dentist?.id ?? '' }, room.deps, room.ctx);
    await room.runJobs();
    const raw = await Array.fromAsync(
      room.deps.objects.list(room.ctx.ownerId, `raw/${dentist?.origin ?? ''}/` as never),
    );
    expect(raw.map(({ key }) => key)).toEqual([`raw/${dentist?.origin ?? ''}/original.json`]);
    expect(await traces('dentist')).toEqual([]);
    expect(await room.objectsWith('clove harvest')).not.toEqual([]);
  });

  it('takes the file along once nothing is left of it', async () => {
    await room.importHistory(fixture('claude-2024.json'), 'conversations.json');
    const [session] = await sessions();
    await forgetSession({ id: session?.id ?? '' }, room.deps, room.ctx);
    await room.runJobs();
    expect(await traces('derailleur')).toEqual([]);
  });

  it('while the import runs stays away', async () => {
    const id = importedSessionId(room.ctx.ownerId, 'json-lines', 'c');
    await room.importHistory(line('c', 'One'));
    const { memory } = room.deps;
    let deleted = false;
    const racing = {
      ...room.deps,
      memory: {
        ...memory,
        upsert: async (...input: Parameters<typeof memory.upsert>) => {
          await memory.upsert(...input);
          if (!deleted) {
            deleted = true;
            await forgetSession({ id }, room.deps, room.ctx);
          }
        },
      },
    };
    await room.accept(line('c', 'One') + line('c', 'Two'), 'b.jsonl');
    await room.runJobs(racing);
    expect(deleted).toBe(true);
    expect(await memory.count(room.ctx.ownerId, {}, room.ctx.signal)).toBe(0);
    expect(await sessions()).toEqual([]);
    expect(await traces('One')).toEqual([]);
  });
});
