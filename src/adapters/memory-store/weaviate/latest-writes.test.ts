import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { idOf, message, unit } from '../../../../test/contracts/memory-store-samples.ts';
import { latestWrites } from './latest-writes.ts';

const OWNER = 'owner-a';
const SLOT = 'text@a';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function atHand() {
  let now = 0;
  return { writes: latestWrites(() => now), later: (ms: number) => void (now += ms) };
}

describe('the latest writes', () => {
  test('are those of the owner that is asked for', () => {
    const { writes } = atHand();
    writes.written(OWNER, [message('a')]);
    expect([...writes.of(OWNER).keys()]).toEqual([idOf('a')]);
    expect(writes.of('owner-b').size).toBe(0);
  });

  test('are forgotten after two minutes', () => {
    const { writes, later } = atHand();
    writes.written(OWNER, [message('a')]);
    later(119_000);
    writes.written(OWNER, [message('b')]);
    later(2_000);
    expect([...writes.of(OWNER).keys()]).toEqual([idOf('b')]);
  });

  test('are the newest 256, however many are written at once', () => {
    const { writes } = atHand();
    const items = Array.from({ length: 300 }, (_, n) => message(n));
    writes.written(OWNER, items);
    expect([...writes.of(OWNER).keys()]).toEqual(items.slice(44).map(({ id }) => id));
  });

  test('keep the vector of an item whose terms stay, and lose that of one whose terms change', () => {
    const { writes } = atHand();
    writes.written(OWNER, [message('a'), message('b')]);
    writes.embedded(OWNER, SLOT, [
      { id: idOf('a'), vector: unit(1, 0, 0) },
      { id: idOf('b'), vector: unit(1, 0, 0) },
    ]);
    writes.written(OWNER, [message('a', { trust: 1 }), message('b', { terms: 'lake' })]);
    const slots = [...writes.of(OWNER).values()].map(({ vectors }) => [...vectors.keys()]);
    expect(slots).toEqual([[SLOT], []]);
  });

  test('know no vector of an item that was written before them', () => {
    const { writes } = atHand();
    writes.embedded(OWNER, SLOT, [{ id: idOf('a'), vector: unit(1, 0, 0) }]);
    expect(writes.of(OWNER).size).toBe(0);
  });

  test('tell of a removal and of a slot that was dropped', () => {
    const { writes } = atHand();
    writes.written(OWNER, [message('a'), message('b')]);
    writes.embedded(OWNER, SLOT, [{ id: idOf('b'), vector: unit(1, 0, 0) }]);
    writes.removed(OWNER, [idOf('a')]);
    writes.dropped(OWNER, SLOT);
    expect(writes.of(OWNER).get(idOf('a'))?.item).toBeUndefined();
    expect(writes.of(OWNER).get(idOf('b'))?.vectors.size).toBe(0);
  });

  test('of owners who wrote nothing for long are let go, whoever writes meanwhile', async () => {
    const { writes, later } = atHand();
    writes.written('busy', [message('a')]);
    const resting = new WeakRef(restingItem(writes));
    later(60_000);
    writes.written('busy', [message('b')]);
    later(60_001);
    writes.written('busy', [message('c')]);
    // What a weak reference gave stays till its turn is over.
    await new Promise(setImmediate);
    collectGarbage();
    expect(resting.deref()).toBeUndefined();
  });
});

function restingItem(writes: ReturnType<typeof latestWrites>) {
  const item = message('resting');
  writes.written('resting', [item]);
  return item;
}
