import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { messageTree, type TreeMessage } from './message-tree.ts';

const ROOT = 'session';
const tree = (messages: readonly TreeMessage[], gone: Readonly<Record<string, string>> = {}) =>
  messageTree(ROOT, messages, new Map(Object.entries(gone)));
const line = (...ids: readonly string[]) => ids.map((id): TreeMessage => ({ id }));

/** Messages that each follow an earlier one, the session, or, without a parent, the one before. */
const grown = fc.array(fc.option(fc.nat(20)), { minLength: 1, maxLength: 20 }).map((parents) =>
  parents.map((parent, i): TreeMessage => {
    if (parent === null) return { id: `${i}` };
    return { id: `${i}`, parentId: parent % (i + 1) === i ? ROOT : `${parent % (i + 1)}` };
  }),
);

describe('the tree of a session', () => {
  it('is a line where no message has a parent', () => {
    const { path, newestUnder } = tree(line('a', 'b', 'c'));
    expect(path('c')).toEqual(['a', 'b', 'c']);
    expect(newestUnder(ROOT)).toBe('c');
  });

  it('branches where two messages have the same parent', () => {
    const messages = [...line('a', 'b'), { id: 'c', parentId: 'a' }, { id: 'd', parentId: 'c' }];
    const { path, children, newestUnder } = tree(messages);
    expect(children('a')).toEqual(['b', 'c']);
    expect([path('b'), path('d')]).toEqual([
      ['a', 'b'],
      ['a', 'c', 'd'],
    ]);
    expect(newestUnder('a')).toBe('d');
  });

  it('can begin anew', () => {
    const { children, path } = tree([...line('a', 'b'), { id: 'c', parentId: ROOT }]);
    expect([children(ROOT), path('c')]).toEqual([['a', 'c'], ['c']]);
  });

  it('hangs what followed a forgotten message where that hung', () => {
    const { path } = tree([...line('a'), { id: 'd', parentId: 'c' }], { c: 'b', b: 'a' });
    expect(path('d')).toEqual(['a', 'd']);
  });

  it('keeps a parent of another session', () => {
    const { path, parentOf } = tree([{ id: 'x', parentId: 'elsewhere' }]);
    expect([path('x'), parentOf('x')]).toEqual([['x'], 'elsewhere']);
  });

  it('has every message once, at the end of its own path', () => {
    fc.assert(
      fc.property(grown, (messages) => {
        const { path, children, parentOf, has } = tree(messages);
        const reached = (id: string): string[] => children(id).flatMap((child) => [child, ...reached(child)]);
        expect(reached(ROOT).toSorted()).toEqual(messages.map(({ id }) => id).toSorted());
        for (const { id } of messages) {
          expect(path(id).at(-1)).toBe(id);
          expect(path(id).slice(0, -1)).toEqual(parentOf(id) === ROOT ? [] : path(parentOf(id)));
          expect(has(id)).toBe(true);
        }
      }),
    );
  });

  it('loses nothing but the forgotten messages, whichever they are', () => {
    fc.assert(
      fc.property(grown, fc.array(fc.nat(20)), (messages, picks) => {
        const before = tree(messages);
        const going = new Set(picks.map((pick) => `${pick % messages.length}`));
        const gone = Object.fromEntries([...going].map((id) => [id, before.parentOf(id)]));
        const explicit = messages.map(({ id }) => ({ id, parentId: before.parentOf(id) }));
        const after = tree(
          explicit.filter(({ id }) => !going.has(id)),
          gone,
        );
        const left = messages.map(({ id }) => id).filter((id) => !going.has(id));
        const without = left.map((id) => before.path(id).filter((at) => !going.has(at)));
        expect(left.map(after.path)).toEqual(without);
      }),
    );
  });
});
