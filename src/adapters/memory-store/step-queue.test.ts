import { describe, expect, test } from 'vitest';
import { stepQueue } from './step-queue.ts';

/** A queue whose turns are taken by hand, and what happened in it. */
function queueAtHand() {
  const turns: (() => void)[] = [];
  const seen: string[] = [];
  const queue = stepQueue((turn) => turns.push(turn));
  const add = (id: number, writes: boolean, run: () => unknown) =>
    queue.add({
      id,
      writes,
      run,
      done: (result) => seen.push(`done ${id}: ${String(result)}`),
      failed: (error) => seen.push(`failed ${id}: ${String(error)}`),
    });
  const turn = (times = 1) => {
    for (let i = 0; i < times; i++) turns.shift()?.();
  };
  const runAll = () => {
    while (turns.length > 0) turn();
  };
  return { queue, seen, add, turn, runAll };
}

const did = (seen: string[], what: string) => () => {
  seen.push(what);
};

function* steps(seen: string[], name: string, count: number) {
  for (let step = 1; step <= count; step++) {
    seen.push(`${name} ${step}`);
    yield;
  }
  return name;
}

describe('step queue', () => {
  test('runs nothing before its turn, and one call a turn', () => {
    const { seen, add, turn } = queueAtHand();
    add(1, false, () => 'a');
    add(2, false, () => 'b');
    expect(seen).toEqual([]);
    turn();
    expect(seen).toEqual(['done 1: a']);
  });

  test('keeps writes in order and lets reads go first', () => {
    const { seen, add, runAll } = queueAtHand();
    add(1, true, () => 'first write');
    add(2, true, () => 'second write');
    add(3, false, () => 'read');
    runAll();
    expect(seen).toEqual(['done 3: read', 'done 1: first write', 'done 2: second write']);
  });

  test('lets reads in between the steps of a long write, but no other write', () => {
    const { seen, add, turn, runAll } = queueAtHand();
    add(1, true, () => steps(seen, 'step', 2));
    turn();
    add(2, true, did(seen, 'other write'));
    add(3, false, did(seen, 'read'));
    runAll();
    expect(seen).toEqual([
      'step 1',
      'read',
      'done 3: undefined',
      'step 2',
      'done 1: step',
      'other write',
      'done 2: undefined',
    ]);
  });

  test('lets a write have its turn after eight reads', () => {
    const { seen, add, runAll } = queueAtHand();
    add(0, true, did(seen, 'write'));
    for (let id = 1; id <= 10; id++) add(id, false, did(seen, `read ${id}`));
    runAll();
    expect(seen.filter((what) => !what.startsWith('done')).indexOf('write')).toBe(8);
  });

  test('leaves out a cancelled call that waits, and ends one that runs', () => {
    const { queue, seen, add, turn, runAll } = queueAtHand();
    add(1, true, () => steps(seen, 'step', 2));
    add(2, true, did(seen, 'cancelled'));
    add(3, false, did(seen, 'cancelled'));
    queue.cancel(3);
    turn();
    queue.cancel(1);
    queue.cancel(2);
    runAll();
    expect(seen).toEqual(['step 1', 'step 2', 'done 1: step']);
  });

  test('goes on after a call that fails, at once or in a step', () => {
    const { seen, add, runAll } = queueAtHand();
    const fail = (): never => {
      throw new RangeError('no');
    };
    function* failLater() {
      yield;
      fail();
    }
    add(1, true, fail);
    add(2, true, failLater);
    add(3, true, () => 'after');
    runAll();
    expect(seen).toEqual(['failed 1: RangeError: no', 'failed 2: RangeError: no', 'done 3: after']);
  });
});
