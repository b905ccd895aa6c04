import { describe, expect, it } from 'vitest';
import { OWNER_A, OWNER_B } from '../../test/fakes/ctx.ts';
import { analyse } from './analyser.ts';
import { embedText } from './embed-text.ts';
import { indexedText, messageItems } from './message-items.ts';
import type { StoredMessage } from './transcripts.ts';

const MAY_8 = Date.UTC(2023, 4, 8, 13, 56);

function message(changes: Partial<StoredMessage> = {}): StoredMessage {
  return {
    id: '11111111-1111-4111-8111-111111111111',
    sessionId: '22222222-2222-4222-8222-222222222222',
    seq: 3,
    role: 'user',
    text: 'I planted the beans behind the shed.',
    time: MAY_8,
    citations: [],
    createdAt: MAY_8,
    ...changes,
  };
}

const only = (changes: Partial<StoredMessage> = {}) => {
  const [item, ...others] = messageItems(message(changes), OWNER_A);
  expect(others).toEqual([]);
  if (!item) throw new Error('no item');
  return item;
};
const longText = Array.from({ length: 12 }, (_, i) => `Paragraph ${i}. ${'Beans grow. '.repeat(20)}`).join(
  '\n\n',
);

describe('the item of a message', () => {
  it('is found by when, who, what and the picture’s caption', () => {
    const said = message({ author: 'Caroline', caption: 'a photo of a garden' });
    expect(indexedText(said)).toBe(
      '1:56 pm on 8 May, 2023 Caroline: I planted the beans behind the shed. a photo of a garden',
    );
    expect(only(said).terms).toBe(analyse(indexedText(said), 'en'));
  });

  it('has the vector of what was said and shown, whoever said it and when', () => {
    const said = message({ author: 'Caroline', caption: 'a photo of a garden', createdAt: MAY_8 + 5 });
    const item = only(said);
    expect(embedText(item, item.text ?? '')).toBe('I planted the beans behind the shed. a photo of a garden');
  });

  it('shows the caption below what was said', () => {
    expect(only({ caption: 'a garden' }).text).toBe(
      'I planted the beans behind the shed.\n[picture: a garden]',
    );
  });

  it.each([
    ['user', 4],
    ['person', 3],
    ['assistant', 2],
    ['system', 1],
  ] as const)('said by %s is trusted %i', (role, trust) => {
    expect(only({ role }).trust).toBe(trust);
  });

  it('points to its object, unless an import’s file keeps it', () => {
    expect(only().s3Path).toMatch(/^chats\/session_2{8}.*\/messages\/00000003_1{8}.*\.json$/u);
    expect(only({ importId: '33333333-3333-4333-8333-333333333333' }).s3Path).toBeUndefined();
  });

  it('is found for forgetting by message, session and import', () => {
    const importId = '33333333-3333-4333-8333-333333333333';
    expect(only({ importId }).sources).toEqual([message().id, message().sessionId, importId]);
  });

  it('tells a question from what only holds a question mark', () => {
    expect(only({ text: 'Did you see “the boat?” ' }).asks).toBe(true);
    expect(only({ text: 'See https://example.org/?page=2 for more.' }).asks).toBe(false);
  });

  it('keeps when it was said apart from when it came', () => {
    expect(only({ createdAt: MAY_8 + 1 }).eventTime).toBe(MAY_8);
    expect(only().eventTime).toBeUndefined();
  });
});

describe('the paragraphs of a long message', () => {
  const [whole, ...parts] = messageItems(message({ text: longText }), OWNER_A);

  it('are exact slices of it', () => {
    expect(parts.length).toBeGreaterThan(1);
    for (const { start, end, text } of parts) expect(longText.slice(start, end)).toBe(text);
  });

  it('belong to it and share its sources', () => {
    for (const part of parts) {
      expect(part).toMatchObject({ kind: 'paragraph', parentId: whole?.id, sources: whole?.sources });
      expect(part.s3Path).toBeUndefined();
    }
  });

  it('have the same ids each time, other ids for another owner', () => {
    const ids = (owner: string) =>
      messageItems(message({ text: longText }), owner)
        .slice(1)
        .map(({ id }) => id);
    expect(ids(OWNER_A)).toEqual(parts.map(({ id }) => id));
    expect(ids(OWNER_B)).not.toEqual(ids(OWNER_A));
  });
});
