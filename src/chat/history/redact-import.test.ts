import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openChatRoom, type ChatRoom } from '../../../test/fakes/chat-room.ts';
import { historyLine } from '../../../test/fakes/history-texts.ts';
import { forgetMessage } from '../forget-conversations.ts';
import { hiddenSources } from '../hidden-sources.ts';
import { importedSessionId } from './import-ids.ts';
import { redactImport } from './redact-import.ts';

let room: ChatRoom;
beforeEach(async () => {
  room = await openChatRoom();
});
afterEach(() => room.close());

const sessionOf = (conversation: string) => importedSessionId(room.ctx.ownerId, 'json-lines', conversation);

async function messageSaying(conversation: string, text: string) {
  const id = sessionOf(conversation);
  const message = (await room.messages(id)).find((item) => item.text === text);
  if (message === undefined) throw new Error(`no message says ${text}`);
  return { id, messageId: message.id };
}

const forget = async (conversation: string, text: string) =>
  forgetMessage(await messageSaying(conversation, text), room.deps, room.ctx);

/** Keys of originals that are read while something happens, in order. */
function watchReads() {
  const read: string[] = [];
  const { objects } = room.deps;
  const watched: typeof room.deps = {
    ...room.deps,
    objects: {
      ...objects,
      read: (ownerId, key, ...rest) => {
        if (key.startsWith('raw/')) read.push(key);
        return objects.read(ownerId, key, ...rest);
      },
    },
  };
  return { read, watched };
}

describe('files of imports', () => {
  it('are rewritten by a job, once for many deletions, and end them all', async () => {
    const texts = ['Apple', 'Birch', 'Cedar', 'Damson'];
    await room.importHistory(texts.map((text) => historyLine('trees', text)).join(''));
    const { read, watched } = watchReads();
    for (const text of texts.slice(0, 3)) await forget('trees', text);
    expect(await hiddenSources(room.deps, room.ctx)).not.toEqual([]);
    await room.runJobs(watched);
    expect(read).toHaveLength(1);
    for (const text of texts.slice(0, 3)) expect(await room.objectsWith(text)).toEqual([]);
    expect(await room.objectsWith('Damson')).not.toEqual([]);
    expect(await hiddenSources(room.deps, room.ctx)).toEqual([]);
  });

  it('are read only if they hold the conversation, the one that began it and those that repeat it', async () => {
    await room.importHistory(historyLine('trees', 'Apple') + historyLine('trees', 'Birch'), 'older.jsonl');
    const repeated =
      historyLine('trees', 'Apple') + historyLine('trees', 'Birch') + historyLine('birds', 'Crow');
    await room.importHistory(repeated, 'newer.jsonl');
    await room.importHistory(historyLine('fish', 'Tench'), 'other.jsonl');
    const { read, watched } = watchReads();
    await forget('trees', 'Apple');
    await room.runJobs(watched);
    expect(read).toHaveLength(2);
    expect(await room.objectsWith('Apple')).toEqual([]);
    expect(await room.objectsWith('Birch')).toHaveLength(2);
  });

  it('are rewritten by the sweep when no job did', async () => {
    await room.importHistory(historyLine('trees', 'Apple') + historyLine('trees', 'Birch'));
    await forget('trees', 'Apple');
    await room.sweep();
    expect(await room.objectsWith('Apple')).toEqual([]);
    expect(await hiddenSources(room.deps, room.ctx)).toEqual([]);
  });
});

describe('a file that two deletions rewrite at once', () => {
  it.each([
    ['holds nothing of either', ['Birch'], 1],
    ['is gone without leaving an object when the second takes the rest', ['Birch', 'Cedar'], 0],
  ])('%s', async (_name, second, objects) => {
    const file = ['Apple', 'Birch', 'Cedar'].map((text) => historyLine('trees', text)).join('');
    const { importId } = await room.accept(file);
    await room.runJobs();
    await hide('Apple');
    const asked = Promise.withResolvers<void>();
    const waiting = {
      ...room.deps,
      importTurns: ((key, work) => {
        asked.resolve();
        return room.deps.importTurns(key, work);
      }) as typeof room.deps.importTurns,
    };
    let other: Promise<number> | undefined;
    const committing: typeof room.deps = {
      ...room.deps,
      objects: {
        ...room.deps.objects,
        async stage(...input) {
          const staged = await room.deps.objects.stage(...input);
          return {
            ...staged,
            async commit(key) {
              for (const text of second) await hide(text);
              other = redactImport(importId, waiting, room.ctx);
              // Either it waits for its turn, or it is through before this one writes.
              await Promise.race([asked.promise, other]);
              await staged.commit(key);
            },
          };
        },
      },
    };
    await redactImport(importId, committing, room.ctx);
    await other;
    expect(await room.objectsWith('Apple')).toEqual([]);
    expect(await room.objectsWith('Birch')).toEqual([]);
    const left = await Array.fromAsync(room.deps.objects.list(room.ctx.ownerId, `raw/` as never));
    expect(left).toHaveLength(objects);
  });

  async function hide(text: string) {
    const { messageId } = await messageSaying('trees', text);
    await room.deps.ledger.forOwner(room.ctx.ownerId, (tx) =>
      tx
        .table('tombstones')
        .insert({ kind: 'message', sourceId: messageId, createdAt: tx.now, report: null }),
    );
  }
});
