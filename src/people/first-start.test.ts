import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeClock, fakeClock } from '../../test/fakes/clock.ts';
import { openSqliteLedger } from '../adapters/ledger/sqlite-ledger.ts';
import { newId, sha256 } from '../core/ids.ts';
import type { Ledger } from '../ports/ledger.ts';
import { ensureOwner } from './first-start.ts';

const DAY_MS = 24 * 60 * 60_000;

let ledger: Ledger;
let clock: FakeClock;
let secrets: number;
beforeEach(async () => {
  clock = fakeClock();
  secrets = 0;
  ledger = await openSqliteLedger({ path: ':memory:', now: clock.now });
});
afterEach(() => ledger.close());

/** A machine with its own token file. */
function machine(name?: string) {
  let kept: string | undefined;
  const start = () =>
    ensureOwner({
      ledger,
      now: clock.now,
      newId,
      newSecret: () => `secret${++secrets}`,
      keptToken: async () => kept,
      keepToken: async (token) => {
        kept = token;
      },
      machine: name,
    });
  const works = async () => {
    const where = { hash: sha256(kept ?? ''), revokedAt: null };
    return (await ledger.systemReads().table('credentials').count(where)) === 1;
  };
  return { start, works, loseToken: () => (kept = undefined) };
}

describe('the start of a machine', () => {
  it('gives it a token, and the same one the next time', async () => {
    const only = machine();
    const owner = await only.start();
    expect(await only.start()).toEqual(owner);
    expect([await only.works(), secrets]).toEqual([true, 1]);
  });

  it('ends the token before when its file is lost', async () => {
    const [before, now] = [machine(), machine()];
    await before.start();
    await now.start();
    expect([await before.works(), await now.works()]).toEqual([false, true]);
  });
});

describe('the start of one of several machines', () => {
  it('leaves the others their tokens, and has the same home', async () => {
    const [a, b] = [machine('a'), machine('b')];
    expect(await b.start()).toEqual(await a.start());
    expect([await a.works(), await b.works()]).toEqual([true, true]);
    b.loseToken();
    await b.start();
    expect([await a.works(), await b.works()]).toEqual([true, true]);
    expect(await ledger.systemReads().table('credentials').count({ revokedAt: null })).toBe(2);
  });

  it('ends those of machines that came no more for a quarter of a year', async () => {
    const [a, b, c] = [machine('a'), machine('b'), machine('c')];
    await a.start();
    await b.start();
    clock.advance(91 * DAY_MS);
    await ledger.system((tx) =>
      tx.table('credentials').update({ name: 'b' }, { lastUsedAt: tx.now - DAY_MS }),
    );
    await c.start();
    expect([await a.works(), await b.works(), await c.works()]).toEqual([false, true, true]);
  });
});
