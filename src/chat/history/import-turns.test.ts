import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ChatRoom, openChatRoom } from '../../../test/fakes/chat-room.ts';
import type { JobRun } from '../../ports/job-queue.ts';
import { listMessages } from '../session-messages.ts';
import { rebuildChatsJob } from '../rebuild-chats.ts';
import { importHistoryJob } from './import-history.ts';

let room: ChatRoom;
beforeEach(async () => {
  room = await openChatRoom();
});
afterEach(() => room.close());

const job: JobRun = { id: 'job', attempt: 1, lastAttempt: true, progress() {}, note() {} };
const history = (messages: number) =>
  Array.from({ length: messages }, (_, index) =>
    JSON.stringify({
      conversation: 'garden',
      time: 1_700_000_000 + index,
      speaker: 'Ann',
      text: `Bed ${index}`,
    }),
  ).join('\n');

test('two exports of the same conversation taken in at once give each message one place', async () => {
  const older = await room.accept(history(20));
  const newer = await room.accept(history(30));
  const taking = importHistoryJob(room.deps);
  const reports = await Promise.all(
    [older, newer].map(({ importId }) => taking.run({ importId, userId: 'user' }, job, room.ctx)),
  );
  expect(reports).toMatchObject([{ imported: 20 }, { imported: 10, known: 20 }]);
  const [session] = await room.deps.ledger.forOwner(room.ctx.ownerId, (tx) =>
    tx.table('chatSessions').list(),
  );
  const query = { id: session?.id ?? '', limit: 200, latest: false };
  const { items } = await listMessages(query, room.deps, room.ctx);
  expect(items.map(({ seq }) => seq)).toEqual(Array.from({ length: 30 }, (_, seq) => seq));
});

test('a rebuild waits until an import of the owner has ended', async () => {
  const ended: string[] = [];
  const asked = Promise.withResolvers<void>();
  const { importTurns } = room.deps;
  const waiting: typeof room.deps = {
    ...room.deps,
    importTurns: (key, work) => {
      asked.resolve();
      return importTurns(key, work);
    },
  };
  const mayEnd = Promise.withResolvers<void>();
  const importing = importTurns(room.ctx.ownerId, async () => {
    await mayEnd.promise;
    ended.push('import');
  });
  const rebuilding = (async () => {
    await rebuildChatsJob(waiting).run({ userId: 'user' }, job, room.ctx);
    ended.push('rebuild');
  })();
  await Promise.race([asked.promise, rebuilding]);
  mayEnd.resolve();
  await Promise.all([importing, rebuilding]);
  expect(ended).toEqual(['import', 'rebuild']);
});
