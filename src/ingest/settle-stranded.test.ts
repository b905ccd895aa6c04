import { afterEach, beforeEach, expect, test } from 'vitest';
import { fakeReader, type IngestRoom, openIngestRoom } from '../../test/fakes/ingest-room.ts';
import { AppError } from '../core/errors.ts';
import { getDocument } from './list-documents.ts';
import { settleStrandedDocuments } from './settle-stranded.ts';

let room: IngestRoom;
beforeEach(async () => {
  room = await openIngestRoom();
});
afterEach(() => room.close());

const statusOf = async (documentId: string) => getDocument({ documentId }, room.deps, room.ctx);

test('marks a document as failed, to be retried, whose job is gone', async () => {
  const { document } = await room.upload('Tea.');
  await room.deps.ledger.forOwner(room.ctx.ownerId, (tx) => tx.table('jobs').update({}, { status: 'dead' }));
  expect(await settleStrandedDocuments(room.deps, room.ctx)).toBe(1);
  expect(await statusOf(document.id)).toMatchObject({ status: 'failed', canRetry: true });
});

test('leaves a document alone whose job still waits', async () => {
  const { document } = await room.upload('Tea.');
  expect(await settleStrandedDocuments(room.deps, room.ctx)).toBe(0);
  expect((await statusOf(document.id)).status).toBe('queued');
});

test('leaves documents alone while a rebuild reads them', async () => {
  const { document } = await room.upload('Tea.');
  await room.deps.ledger.forOwner(room.ctx.ownerId, async (tx) => {
    await tx.table('jobs').update({}, { status: 'dead' });
    await tx.enqueue({ kind: 'rebuild-documents', queue: 'ingestion', payload: {} });
  });
  expect(await settleStrandedDocuments(room.deps, room.ctx)).toBe(0);
  expect((await statusOf(document.id)).status).toBe('queued');
});

test('a rebuild that is cancelled while it reads a document leaves none half read', async () => {
  let cancelled = false;
  const reader = fakeReader();
  await room.close();
  room = await openIngestRoom({
    deps: {
      reader: {
        ...reader,
        async read(source, signal) {
          if (!cancelled) return reader.read(source, signal);
          cancelled = false;
          throw new AppError('aborted', 'The job was cancelled.');
        },
      },
    },
  });
  const { document } = await room.upload('Tea.');
  await room.runJobs();
  cancelled = true;
  await room.deps.ledger.forOwner(room.ctx.ownerId, (tx) =>
    tx.enqueue({ kind: 'rebuild-documents', queue: 'ingestion', payload: {} }),
  );
  const ran = await room.runJobs();
  expect(ran.map(({ kind, status }) => [kind, status])).toEqual([
    ['rebuild-documents', 'dead'],
    ['read-document', 'done'],
  ]);
  expect(await statusOf(document.id)).toMatchObject({ status: 'ready', chunks: 1 });
});
