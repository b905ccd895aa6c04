import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openChatRoom, type ChatRoom } from '../../../test/fakes/chat-room.ts';
import { historyFixture, historyLine } from '../../../test/fakes/history-texts.ts';
import { storedZip as zip } from '../../../test/fakes/stored-zip.ts';
import { forgetMessage, forgetSession } from '../forget-conversations.ts';
import { importedSessionId } from './import-ids.ts';

let room: ChatRoom;
beforeEach(async () => {
  room = await openChatRoom();
});
afterEach(() => room.close());

describe('what was deleted of an import', () => {
  const CANARY = 'raincoat';

  it('is gone from the imported file, and stays away in a newer one', async () => {
    await room.importHistory(historyFixture('people.jsonl'));
    for (const { id } of await room.sessions())
      for (const { id: messageId, text } of await room.messages(id))
        if (text.includes(CANARY)) await forgetMessage({ id, messageId }, room.deps, room.ctx);
    const newer = `${historyFixture('people.jsonl')}\n${historyLine('other', 'Something new')}`;
    const report = await room.importHistory(newer, 'people.jsonl');
    expect(report).toMatchObject({ imported: 1, known: 1 });
    expect(report.skipped.find(({ reason }) => reason === 'deleted here before')?.count).toBe(2);
    room.clock.advance(60_000);
    await room.runJobs();
    expect(await room.objectsWith('ferry')).not.toEqual([]);
    expect(await room.traces(CANARY)).toEqual([]);
  });

  it('is gone from a zip, whose other files repeat it', async () => {
    const archive = zip({
      'conversations-000.json': historyFixture('conversations-000.json'),
      'conversations-001.json': historyFixture('conversations-001.json'),
      'chat.html': '<html>dentist</html>',
    });
    await room.importHistory(archive, 'export.zip');
    const dentist = (await room.sessions()).find(({ title }) => title.includes('dentist'));
    await forgetSession({ id: dentist?.id ?? '' }, room.deps, room.ctx);
    await room.runJobs();
    const raw = await Array.fromAsync(
      room.deps.objects.list(room.ctx.ownerId, `raw/${dentist?.origin ?? ''}/` as never),
    );
    expect(raw.map(({ key }) => key)).toEqual([`raw/${dentist?.origin ?? ''}/original.json`]);
    expect(await room.traces('dentist')).toEqual([]);
    expect(await room.objectsWith('clove harvest')).not.toEqual([]);
  });

  it('takes the file along once nothing is left of it', async () => {
    await room.importHistory(historyFixture('claude-2024.json'), 'conversations.json');
    const [session] = await room.sessions();
    await forgetSession({ id: session?.id ?? '' }, room.deps, room.ctx);
    await room.runJobs();
    expect(await room.traces('derailleur')).toEqual([]);
  });

  it('while the import runs stays away', async () => {
    const id = importedSessionId(room.ctx.ownerId, 'json-lines', 'c');
    await room.importHistory(historyLine('c', 'One'));
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
    await room.accept(historyLine('c', 'One') + historyLine('c', 'Two'), 'b.jsonl');
    await room.runJobs(racing);
    expect(deleted).toBe(true);
    expect(await memory.count(room.ctx.ownerId, {}, room.ctx.signal)).toBe(0);
    expect(await room.sessions()).toEqual([]);
    expect(await room.traces('One')).toEqual([]);
  });
});
