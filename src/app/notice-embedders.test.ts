import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FakeClock, fakeClock } from '../../test/fakes/clock.ts';
import { fakeCtx, OWNER_A, OWNER_B } from '../../test/fakes/ctx.ts';
import { eventually } from '../../test/fakes/eventually.ts';
import { openTestLedger } from '../../test/fakes/ledger.ts';
import { recordingLog } from '../../test/fakes/recording-log.ts';
import { AppError } from '../core/errors.ts';
import { switchEmbedder } from '../memory/switch-embedder.ts';
import type { Ledger } from '../ports/ledger.ts';
import { closingList } from './closing.ts';
import type { Embedders } from './embedders.ts';
import { noticeEmbedders } from './notice-embedders.ts';

const MODEL = { id: 'one', dimensions: 3, maxTokens: 100, languages: [] } as never;

let clock: FakeClock;
let ledger: Ledger;
let noticed: string[];
/** While it is, no choice can be looked at. */
let broken: boolean;
let log: ReturnType<typeof recordingLog>;
let closing: ReturnType<typeof closingList>;
beforeEach(async () => {
  clock = fakeClock();
  noticed = [];
  broken = false;
  log = recordingLog();
  closing = closingList(log);
  const opened = await openTestLedger({ now: clock.now, timers: clock });
  ledger = closing.add(opened.ledger);
  closing.add(opened.queue);
  const notice: Embedders['notice'] = async ({ ownerId }) => {
    if (broken) throw new AppError('unavailable', 'no');
    noticed.push(ownerId);
  };
  const embedders: Partial<Embedders> = { notice };
  noticeEmbedders(embedders as Embedders, { ledger, timers: clock, log }, closing, fakeCtx());
});
afterEach(() => closing.all());

async function later(): Promise<string[]> {
  noticed = [];
  clock.advance(5_000);
  await eventually(() => clock.waiting() === 1);
  return noticed;
}
const choose = (ownerId: string) => switchEmbedder({ model: MODEL }, { ledger }, fakeCtx({ ownerId }));

test('the spaces whose embedder was chosen elsewhere are looked at, once for each change', async () => {
  expect(await later()).toEqual([]);
  await choose(OWNER_A);
  expect(await later()).toEqual([OWNER_A]);
  expect(await later()).toEqual([]);
  await choose(OWNER_B);
  expect(await later()).toEqual([OWNER_B]);
  const setting = { key: 'embedder:text@one', value: '{"kind":"bundled"}', updatedAt: 0 };
  await ledger.forOwner(OWNER_A, (tx) => tx.table('settings').upsert(setting));
  expect(await later()).toEqual([OWNER_A]);
});

test('a choice that could not be looked at is looked at again, and that it could not is told once', async () => {
  await choose(OWNER_A);
  broken = true;
  for (let looks = 0; looks < 3; looks++) expect(await later()).toEqual([]);
  broken = false;
  expect(await later()).toEqual([OWNER_A]);
  expect(await later()).toEqual([]);
  expect(log.entries.map(({ event }) => event)).toEqual(['embedders-not-noticed', 'embedders-noticed-again']);
});
