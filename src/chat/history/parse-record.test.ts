import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { historyFixture } from '../../../test/fakes/history-texts.ts';
import { parseRecord, withoutMessages, type ReadRecord } from './parse-record.ts';
import type { ParsedRecord } from './parsed.ts';
import { timeReader } from './read-time.ts';

const context = { readTime: timeReader(), fallback: 'my file' };

function parsed(value: unknown): ParsedRecord {
  const [read] = parseRecord(JSON.stringify(value), context);
  if (!read || 'reason' in read) throw new Error(`skipped: ${read?.reason ?? 'nothing there'}`);
  return read.parsed;
}

const fixture = (name: string): unknown[] => JSON.parse(historyFixture(name)) as unknown[];
const texts = ({ messages }: ParsedRecord) => messages.map(({ text }) => text);
const reasons = ({ skipped }: ParsedRecord) => skipped.map(({ reason }) => reason);

/** Objects with the field names exports use and any values in them. */
const anyRecord = fc.dictionary(
  fc.constantFrom(
    'mapping',
    'current_node',
    'chat_messages',
    'content',
    'parts',
    'message',
    'author',
    'role',
    'text',
    'sender',
    'attachments',
    'time',
    'conversation',
    'conversations',
    'session',
    'id',
    'children',
    'parent',
  ),
  fc.oneof(fc.jsonValue(), fc.dictionary(fc.string(), fc.jsonValue())),
);

describe('parseRecord', () => {
  it('never throws, whatever the JSON holds', () =>
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), anyRecord), (value) => {
        expect(parseRecord(JSON.stringify(value), context)).toBeInstanceOf(Array);
      }),
    ));

  it('gives what is no JSON as skipped', () => {
    expect(parseRecord('not json at all', context)).toEqual([{ reason: 'not valid JSON' }]);
  });

  it('opens an object that wraps conversations', () => {
    const wrapped = { conversations: fixture('claude-2024.json') };
    expect(parseRecord(JSON.stringify(wrapped), context)).toHaveLength(1);
  });
});

describe('a line', () => {
  it('belongs to the session of its conversation and sitting', () => {
    const line = {
      conv: 'c',
      session: 2,
      speaker: 'Ana',
      text: 'Hello',
      session_time: '9:05 am on 3 June, 2024',
    };
    expect(parsed(line)).toEqual({
      format: 'json-lines',
      externalId: '["c","2"]',
      title: 'c · 2',
      messages: [{ at: '', role: 'person', author: 'Ana', text: 'Hello', time: Date.UTC(2024, 5, 3, 9, 5) }],
      skipped: [],
    });
  });

  it('may call its conversation `session`', () => {
    expect(parsed({ session: 's', role: 'user', text: 'Hello' }).externalId).toBe('s');
  });

  it('belongs to its file when it names no conversation', () => {
    expect(parsed({ role: 'user', content: 'Hello' }).externalId).toBe('my file');
  });

  it.each([
    [{ role: 'human' }, { role: 'user' }],
    [
      { role: 'assistant', name: 'Iris' },
      { role: 'assistant', author: 'Iris' },
    ],
    [{ speaker: 'User' }, { role: 'user' }],
    [{ from: 'Bo' }, { role: 'person', author: 'Bo' }],
    [{ role: 'moderator' }, { role: 'person', author: 'moderator' }],
  ])('with %j was said by %j', (who, said) => {
    expect(parsed({ chat: 1, text: 'Hello', ...who }).messages[0]).toMatchObject(said);
  });

  it('may hold its text in parts', () => {
    const content = [{ type: 'text', text: 'One' }, 'Two', { type: 'image_url' }];
    expect(texts(parsed({ chat: 1, role: 'user', content }))).toEqual(['One\nTwo']);
  });

  it('may be a picture with nothing but a caption', () => {
    const [message] = parsed({ chat: 1, role: 'user', image_caption: 'a red boat' }).messages;
    expect(message).toMatchObject({ text: '', caption: 'a red boat' });
  });

  it.each([
    [{ role: 'user', text: ' ' }, 'no text'],
    [{ text: 'Hello' }, 'neither speaker nor role'],
    [{ role: 'system', text: 'Be kind.' }, 'system or tool message'],
  ])('like %j is skipped with its reason', (line, reason) => {
    expect(reasons(parsed({ chat: 1, ...line }))).toEqual([reason]);
  });
});

describe('a ChatGPT conversation', () => {
  it('of 2023 is the branch shown last, without tools and system', () => {
    const conversation = parsed(fixture('chatgpt-2023.json')[0]);
    expect(texts(conversation)).toEqual([
      'How often should I feed my rye starter?',
      'Feed it every twelve hours at room temperature.',
      'Does this jar look ready?',
      'Yes, the bubbles show that it is ready.',
    ]);
    expect(reasons(conversation)).toEqual([
      'system or tool message',
      'call of a tool',
      'system or tool message',
    ]);
    expect(conversation).toMatchObject({ externalId: 'conv-2023', startedAt: 1_687_300_000_250 });
  });

  it('of 2026 needs no metadata, and hidden context and reasoning stay out', () => {
    const conversation = parsed(fixture('conversations-000.json')[0]);
    expect(texts(conversation)).toEqual([
      'Which month is best for the clove harvest on Ternate?',
      'Go between July and September.',
    ]);
    expect(reasons(conversation)).toEqual(['hidden message', 'reasoning of the model']);
  });

  it('whose current node is gone is read from its newest leaf', () => {
    expect(texts(parsed(fixture('conversations-001.json')[0]))).toHaveLength(2);
  });

  it('with a broken node gives the reason instead of failing', () => {
    expect(reasons(parsed(fixture('conversations-001.json')[1]))).toEqual(['system or tool message']);
  });

  it('whose nodes are each other’s parents ends', () => {
    const node = (parent: string) => ({
      parent,
      children: ['x'],
      message: { author: { role: 'user' }, content: { parts: ['Round'] } },
    });
    const mapping = { a: node('b'), b: node('a') };
    expect(texts(parsed({ id: 'loop', current_node: 'a', mapping }))).toEqual(['Round', 'Round']);
  });
});

describe('a Claude conversation', () => {
  it('of 2024 is read from its texts', () => {
    const conversation = parsed(fixture('claude-2024.json')[0]);
    expect(conversation.title).toBe('Bicycle gears');
    expect(conversation.messages.map(({ role }) => role)).toEqual(['user', 'assistant']);
    expect(conversation.messages[0]?.time).toBe(Date.UTC(2024, 1, 3, 10, 0, 1));
  });

  it('of 2025 is read from its text parts, without thinking and tools', () => {
    expect(texts(parsed(fixture('claude-2025.json')[0]))).toEqual([
      'Please look at my notes.\n[attachment: garden.txt]\n[attachment: plan.png]',
      'Your notes say when to plant beans.\nShall I make a calendar?',
    ]);
  });

  it('reports attached texts and empty messages', () => {
    expect(reasons(parsed(fixture('claude-2025.json')[0]))).toEqual([
      'text of an attachment: add the file as a document',
      'empty message',
    ]);
  });
});

describe('withoutMessages', () => {
  const read = (value: unknown) => parseRecord(JSON.stringify(value), context)[0] as ReadRecord;

  it('takes a message and all other versions out of a ChatGPT conversation', () => {
    const record = read(fixture('chatgpt-2023.json')[0]);
    const left = JSON.stringify(withoutMessages(record, new Set(['q1'])));
    expect(left).not.toContain('rye starter');
    expect(left).not.toContain('regenerated');
    expect(texts(parsed(JSON.parse(left)))).toEqual(record.parsed.messages.slice(1).map(({ text }) => text));
  });

  it('takes a message out of a Claude conversation', () => {
    const record = read(fixture('claude-2024.json')[0]);
    expect(texts(parsed(withoutMessages(record, new Set(['0']))))).toEqual([
      'Turn the barrel adjuster a quarter turn.',
    ]);
  });

  it('leaves nothing of a record that lost all its messages', () => {
    expect(withoutMessages(read(fixture('claude-2024.json')[0]), new Set(['0', '1']))).toBeUndefined();
  });
});
