import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openChatRoom, type ChatRoom } from '../../test/fakes/chat-room.ts';
import { asJsonLines, asMarkdown, exportSession } from './export-session.ts';
import { listSessions } from './list-sessions.ts';
import { receiveMessage } from './receive-message.ts';
import { listMessages } from './session-messages.ts';
import { titleFrom } from './session-title.ts';
import { getSession, renameSession } from './sessions.ts';

let room: ChatRoom;
beforeEach(async () => {
  room = await openChatRoom();
});
afterEach(() => room.close());

const say = (sessionId: string, text: string) =>
  receiveMessage({ sessionId, role: 'user', text }, room.deps, room.ctx);

async function sessionsWith(texts: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const text of texts) {
    const id = await room.newSession();
    await say(id, text);
    room.clock.advance(1_000);
    ids.push(id);
  }
  return ids;
}

async function allPages<T>(
  next: (cursor?: string) => Promise<{ items: T[]; next?: string }>,
): Promise<T[][]> {
  const pages: T[][] = [];
  let cursor: string | undefined;
  do {
    const page = await next(cursor);
    pages.push(page.items);
    cursor = page.next;
  } while (cursor !== undefined);
  return pages;
}

const list = (more: { cursor?: string; query?: string; limit?: number } = {}) =>
  listSessions({ limit: 50, ...more }, room.deps, room.ctx);

describe('listSessions', () => {
  it('gives the last used first, in pages without gap or double', async () => {
    const ids = await sessionsWith(['a', 'b', 'c', 'd', 'e']);
    const pages = await allPages((cursor) => list({ limit: 2, ...(cursor === undefined ? {} : { cursor }) }));
    expect(pages.flat().map(({ id }) => id)).toEqual(ids.toReversed());
    expect(pages.map(({ length }) => length)).toEqual([2, 2, 1]);
  });

  it('pages through sessions of the same time', async () => {
    const ids = await Promise.all(Array.from({ length: 7 }, () => room.newSession()));
    const pages = await allPages((cursor) => list({ limit: 3, ...(cursor === undefined ? {} : { cursor }) }));
    expect(
      pages
        .flat()
        .map(({ id }) => id)
        .sort(),
    ).toEqual(ids.toSorted());
  });

  it('finds sessions by title, then by what was said', async () => {
    const [said] = await sessionsWith(['We moved the beehives to the orchard.', 'Nothing of interest.']);
    const titled = await room.newSession('Beehives 2026');
    const found = await list({ query: 'beehives' });
    expect(found.items.map(({ id }) => id)).toEqual([titled, said]);
  });

  it('shows the message that answers a search best, with its id and time', async () => {
    const id = await room.newSession('Beehives');
    await say(id, 'A beehive is a home.');
    room.clock.advance(1_000);
    const words = 'word '.repeat(100);
    const message = await say(id, `${words}the beehives\nstand in the orchard with their beehives ${words}`);
    const [found] = (await list({ query: 'beehives in the orchard' })).items;
    expect(found).toMatchObject({ id, match: { messageId: message.id, time: message.time } });
    expect(found?.match?.snippet).toMatch(
      /^…word .*the beehives stand in the orchard with their beehives word.*…$/u,
    );
    expect(found?.match?.snippet.length).toBeLessThanOrEqual(160);
  });

  it('shows no message where only the title has the words', async () => {
    await room.newSession('Beehives 2026');
    expect((await list({ query: 'beehives' })).items[0]).not.toHaveProperty('match');
  });

  it('makes a snippet that is well formed, whatever was said', async () => {
    const id = await room.newSession();
    await say(id, `${'😀'.repeat(301)} bees ${'😀'.repeat(300)}`);
    const { items } = await list({ query: 'bees' });
    expect(items[0]?.match?.snippet).toMatch(/^…😀+ bees 😀+…$/u);
  });

  it('pages through what was found', async () => {
    await sessionsWith(['bees one', 'bees two', 'bees three']);
    const pages = await allPages((cursor) =>
      list({ query: 'bees', limit: 2, ...(cursor === undefined ? {} : { cursor }) }),
    );
    expect(pages.map(({ length }) => length)).toEqual([2, 1]);
  });

  it.each([[{ cursor: 'x' }], [{ cursor: 'x', query: 'bees' }]])(
    'refuses a cursor that is none: %j',
    async (bad) => {
      await expect(list(bad)).rejects.toMatchObject({ code: 'invalid-input' });
    },
  );
});

describe('renameSession', () => {
  it('keeps the new title whatever is said later', async () => {
    const id = await room.newSession();
    await renameSession({ id, title: 'Garden' }, room.deps, room.ctx);
    await say(id, 'We moved the beehives.');
    expect((await getSession({ id }, room.deps, room.ctx)).title).toBe('Garden');
  });
});

describe('titleFrom', () => {
  it.each([
    ['  Two\n lines ', 'Two lines'],
    ['word '.repeat(30), `${'word '.repeat(14)}word word…`],
  ])('makes a line of %j', (text, title) => {
    expect(titleFrom(text)).toBe(title);
  });

  it('is never longer than a title may be', () => {
    expect(titleFrom('x'.repeat(500))).toHaveLength(80);
    expect(titleFrom('😀'.repeat(500)).length).toBeLessThanOrEqual(80);
  });
});

describe('listMessages', () => {
  const texts = Array.from({ length: 7 }, (_, i) => `Message ${i}`);
  let id: string;
  beforeEach(async () => {
    id = await room.newSession();
    for (const text of texts) await say(id, text);
  });
  const pages = (latest: boolean) =>
    allPages((cursor) =>
      listMessages(
        { id, limit: 3, latest, ...(cursor === undefined ? {} : { cursor }) },
        room.deps,
        room.ctx,
      ),
    );

  it('gives messages oldest first', async () => {
    expect((await pages(false)).map((page) => page.map(({ text }) => text))).toEqual([
      texts.slice(0, 3),
      texts.slice(3, 6),
      texts.slice(6),
    ]);
  });

  it('takes a cursor beyond the end for the end', async () => {
    const query = { id, limit: 3, latest: true, cursor: '999999999' };
    const { items } = await listMessages(query, room.deps, room.ctx);
    expect(items.map(({ text }) => text)).toEqual(texts.slice(4));
  });

  it('begins with the newest page when asked for the latest', async () => {
    expect((await pages(true)).map((page) => page.map(({ text }) => text))).toEqual([
      texts.slice(4),
      texts.slice(1, 4),
      texts.slice(0, 1),
    ]);
  });
});

describe('an exported session', () => {
  it('holds every message, and can be taken in again as JSON lines', async () => {
    const id = await room.newSession();
    await say(id, 'We moved the beehives.');
    await say(id, 'On two\nlines.');
    const exported = await exportSession({ id }, room.deps, room.ctx);
    expect(exported.messages.map(({ text }) => text)).toEqual(['We moved the beehives.', 'On two\nlines.']);
    const report = await room.importHistory(asJsonLines(exported));
    expect(report).toMatchObject({ format: 'json-lines', sessions: 1, imported: 2, skipped: [] });
  });

  it('reads well as Markdown', async () => {
    const id = await room.newSession('Bees');
    await say(id, 'We moved the beehives.');
    const text = asMarkdown(await exportSession({ id }, room.deps, room.ctx));
    expect(text).toBe('# Bees\n\n**user**, 12:00 am on 1 January, 2025\n\nWe moved the beehives.\n');
  });
});

describe('the snapshot of a session', () => {
  it('is written once the session is quiet', async () => {
    const id = await room.newSession('Summer');
    await say(id, 'We moved the beehives.');
    await say(id, 'They like it there.');
    expect(await room.runJobs()).toEqual([]);
    room.clock.advance(60_000);
    const ran = (await room.runJobs()).map(({ kind }) => kind);
    expect(ran.toSorted()).toEqual(['describe-session', 'snapshot-sessions']);
    // The message, the transcript, the text and the summary in the metadata.
    expect(await room.objectsWith('beehives')).toHaveLength(4);
  });
});
