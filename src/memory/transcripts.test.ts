import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { OWNER_A, OWNER_B } from '../../test/fakes/ctx.ts';
import { openFolderObjectStore } from '../adapters/object-store/folder-object-store.ts';
import { objectKeys } from '../core/object-keys.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { readMessage, readMessages, removeSnapshot, writeMessage, writeSnapshot } from './transcripts.ts';
import type { StoredMessage } from './transcripts.ts';

const SESSION = '22222222-2222-4222-8222-222222222222';
const { signal } = new AbortController();
let folder: string;
let objects: ObjectStore;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jiwa-transcripts-'));
  objects = await openFolderObjectStore({ folder });
});
afterEach(async () => {
  await objects.close();
  await rm(folder, { recursive: true, force: true });
});

const message = (seq: number, text = `Message ${seq}`): StoredMessage => ({
  id: `11111111-1111-4111-8111-${String(seq).padStart(12, '0')}`,
  sessionId: SESSION,
  seq,
  role: 'user',
  text,
  time: 1_000,
  citations: [],
  createdAt: 1_000,
});
const keyOf = ({ seq, id }: StoredMessage) => objectKeys.message(SESSION, seq, id);
const session = { id: SESSION, title: 'T', summary: null, createdAt: 1, updatedAt: 2 };

it('gives a message back as it was written', async () => {
  const written = { ...message(1), author: 'Ana', caption: 'a boat' };
  await writeMessage(objects, OWNER_A, written);
  expect(await readMessage(objects, OWNER_A, keyOf(written), signal)).toEqual(written);
});

it('gives messages in their order, whatever order they were written in', async () => {
  for (const seq of [11, 2, 100, 0]) await writeMessage(objects, OWNER_A, message(seq));
  const read = await Array.fromAsync(readMessages(objects, OWNER_A, SESSION, signal));
  expect(read.map(({ seq }) => seq)).toEqual([0, 2, 11, 100]);
});

it('shows nobody another owner’s messages', async () => {
  await writeMessage(objects, OWNER_A, message(1));
  expect(await Array.fromAsync(readMessages(objects, OWNER_B, SESSION, signal))).toEqual([]);
});

it('says so when an object is damaged', async () => {
  await objects.put(OWNER_A, keyOf(message(1)), '{"id":', { durable: true });
  await expect(readMessage(objects, OWNER_A, keyOf(message(1)), signal)).rejects.toMatchObject({
    code: 'unreadable',
  });
});

it('writes the training text of a long session in parts of a thousand messages', async () => {
  const messages = Array.from({ length: 1_001 }, (_, seq) => message(seq));
  await writeSnapshot(objects, OWNER_A, session, messages);
  const text = async (part: number) => {
    const bytes = await objects.get(OWNER_A, objectKeys.sessionText(SESSION, part));
    return bytes && new TextDecoder().decode(bytes);
  };
  expect((await text(0))?.startsWith('user: Message 0\n\nuser: Message 1\n')).toBe(true);
  expect(await text(1)).toBe('user: Message 1000\n');
});

it('removes a snapshot and leaves the messages', async () => {
  await writeMessage(objects, OWNER_A, message(0));
  await writeSnapshot(objects, OWNER_A, session, [message(0)]);
  await removeSnapshot(objects, OWNER_A, SESSION, signal);
  const left = await Array.fromAsync(objects.list(OWNER_A, objectKeys.session(SESSION)));
  expect(left.map(({ key }) => key)).toEqual([keyOf(message(0))]);
});
