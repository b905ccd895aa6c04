import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventsOf, saying, textOf } from '../../../test/fakes/ask-model.ts';
import { OWNER_A, OWNER_B, fakeCtx } from '../../../test/fakes/ctx.ts';
import { openTestLedger } from '../../../test/fakes/ledger.ts';
import { type ModelScript, scriptedModel } from '../../../test/fakes/scripted-model.ts';
import { silentLog } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import { newId } from '../../core/ids.ts';
import type { ModelEvent } from '../../ports/language-model.ts';
import { SYSTEM_OWNER } from '../../ports/ledger-rows.ts';
import type { Ledger } from '../../ports/ledger.ts';
import { type Bookings, bookings } from './bookings.ts';
import { metered } from './metered.ts';
import type { TokenPrice } from './prices.ts';
import { budgets, setBudget, usageSummary } from './usage-summary.ts';

const PRICE: TokenPrice = { input: 1, cached: 0.1, output: 10 };
const end = (input: number, output: number, cached = 0): ModelEvent => ({
  kind: 'end',
  reason: 'stop',
  usage: { input, output, cached },
});
const word: ModelEvent = { kind: 'text', text: 'word ' };

let ledger: Ledger;
let book: Bookings;
let close: () => Promise<void>;
const ctx = fakeCtx();
beforeEach(async () => {
  const opened = await openTestLedger({ now: ctx.now });
  ledger = opened.ledger;
  book = bookings({ ledger, newId });
  close = async () => {
    await opened.queue.close();
    await ledger.close();
  };
});
afterEach(() => close());

/** A metered model of owner A (or another); `price: undefined` has no known price. */
function meteredModel(
  script: ModelScript,
  options: { ownerId?: string; price?: TokenPrice | undefined } = {},
) {
  const { ownerId = OWNER_A } = options;
  const price = 'price' in options ? options.price : PRICE;
  const call = {
    ownerId,
    userId: 'user',
    feature: 'chat',
    role: 'chat',
    promptVersion: 'p1',
    price,
  } as const;
  return metered(call, { bookings: book, now: ctx.now, log: silentLog })(scriptedModel(script));
}

const rows = (ownerId = OWNER_A) => ledger.forOwner(ownerId, (tx) => tx.table('usage').list());
const short = (text = 'Hello') => saying(text, { maxOutputTokens: 10 });

describe('every call is booked once', () => {
  test('with what the provider counted, cached tokens at their own price', async () => {
    await textOf(meteredModel(() => [word, end(1_000, 20, 400)]));
    expect(await rows()).toMatchObject([
      {
        userId: 'user',
        feature: 'chat',
        role: 'chat',
        provider: 'test',
        model: 'scripted',
        promptVersion: 'p1',
        month: '2025-01',
        outcome: 'done',
        inputTokens: 1_000,
        outputTokens: 20,
        cachedTokens: 400,
        estimated: 0,
        costMicros: 600 + 40 + 200,
      },
    ]);
  });

  test('and its end says what it cost, where the price is known', async () => {
    const priced = await eventsOf(meteredModel(() => [word, end(1_000, 20, 400)]));
    expect(priced.at(-1)).toMatchObject({ kind: 'end', costMicros: 840 });
    const unknown = await eventsOf(meteredModel(() => [word, end(1, 1)], { price: undefined }));
    expect(unknown.at(-1)).toEqual(end(1, 1));
  });

  test('when it breaks off in the middle, with tokens that are reckoned and marked so', async () => {
    const cut = meteredModel(() => [word, word, new AppError('unavailable', 'Cut.')]);
    await expect(textOf(cut)).rejects.toMatchObject({ code: 'unavailable' });
    const [row, ...more] = await rows();
    expect(more).toEqual([]);
    expect(row).toMatchObject({ outcome: 'failed', errorCode: 'unavailable', estimated: 1 });
    expect(row?.outputTokens).toBeGreaterThan(0);
    expect(row?.costMicros).toBeGreaterThan(0);
  });

  test('when it is refused before any work, at no cost', async () => {
    const refused = meteredModel(() => [new AppError('rate-limited', 'Slow down.')]);
    await expect(textOf(refused)).rejects.toMatchObject({ code: 'rate-limited' });
    expect(await rows()).toMatchObject([{ outcome: 'failed', costMicros: 0, inputTokens: 0, estimated: 0 }]);
  });

  test('when it is cancelled, and when the reader goes away', async () => {
    const stop = new AbortController();
    const model = meteredModel(() => [word, word, end(5, 2)]);
    const events = model.stream(short(), stop.signal)[Symbol.asyncIterator]();
    await events.next();
    stop.abort();
    await expect(events.next()).rejects.toMatchObject({ code: 'aborted' });
    for await (const event of model.stream(short(), new AbortController().signal)) {
      expect(event).toEqual(word);
      break;
    }
    expect((await rows()).map(({ outcome, estimated }) => [outcome, estimated])).toEqual([
      ['aborted', 1],
      ['aborted', 1],
    ]);
  });

  test('and what is settled stays as it is', async () => {
    await textOf(meteredModel(() => [word, end(100, 1)]));
    const [row] = await rows();
    const twice = { input: 900, output: 900, cached: 0 };
    await book.settle(OWNER_A, row?.id ?? '', {
      outcome: 'done',
      errorCode: undefined,
      tokens: twice,
      estimated: false,
      costMicros: 9_999,
      ms: 1,
    });
    expect(await rows()).toEqual([row]);
    expect((await usageSummary({}, { ledger }, ctx)).lines).toMatchObject([{ calls: 1, costMicros: 110 }]);
  });

  test('and a call that a dead process left counts with what was reserved', async () => {
    const name = { provider: 'test', model: 'scripted' };
    const call = { ownerId: OWNER_A, userId: undefined, feature: 'chat', promptVersion: 'p1' };
    const begun = await book.begin({ ...call, role: 'chat', name, estimateMicros: 500 });
    await begun.id;
    const [running] = await rows();
    expect(await book.settleLost(async () => new Set([running?.process ?? '']))).toBe(0);
    expect(await book.settleLost(async () => new Set(['another']))).toBe(1);
    expect(await book.settleLost(async () => new Set(['another']))).toBe(0);
    const { space } = await budgets({ all: false }, { ledger }, ctx);
    expect(space).toMatchObject({ spentMicros: 500, reservedMicros: 0 });
  });
});

describe('the budget of a month', () => {
  test('stops a call before anything is asked', async () => {
    await setBudget({ whose: OWNER_A, capMicros: 100 }, { ledger });
    const model = scriptedModel(() => [word, end(1, 1)]);
    const call = {
      ownerId: OWNER_A,
      userId: undefined,
      feature: 'chat',
      role: 'chat',
      promptVersion: 'p1',
    } as const;
    const ready = metered({ ...call, price: PRICE }, { bookings: book, now: ctx.now, log: silentLog })(model);
    await expect(textOf(ready, short())).rejects.toMatchObject({ code: 'budget-exceeded' });
    expect([model.asked.length, (await rows()).length]).toEqual([0, 0]);
  });

  test('is never overdrawn by calls at the same time', async () => {
    await setBudget({ whose: OWNER_A, capMicros: 1_000 }, { ledger });
    const model = meteredModel(() => [word, end(20, 10)]);
    const outcomes = await Promise.allSettled(Array.from({ length: 40 }, () => textOf(model, short())));
    expect(outcomes.some(({ status }) => status === 'rejected')).toBe(true);
    const { space } = await budgets({ all: false }, { ledger }, ctx);
    expect(space.spentMicros).toBeGreaterThan(0);
    expect(space.spentMicros).toBeLessThanOrEqual(1_000);
    expect(space.reservedMicros).toBe(0);
  });

  test('is exceeded by one call at most, whatever the calls turn out to cost', async () => {
    await setBudget({ whose: OWNER_A, capMicros: 1_000 }, { ledger });
    const dear = meteredModel(() => [word, end(900, 0)]);
    const outcomes: string[] = [];
    for (let i = 0; i < 5; i++) {
      outcomes.push(
        await textOf(dear, short()).then(
          () => 'done',
          (error: AppError) => error.code,
        ),
      );
    }
    expect(outcomes).toEqual([
      'done',
      'budget-exceeded',
      'budget-exceeded',
      'budget-exceeded',
      'budget-exceeded',
    ]);
    const { space } = await budgets({ all: false }, { ledger }, ctx);
    expect(space.spentMicros).toBe(900);
  });

  test('of all spaces together holds for each of them; that of a space for no other', async () => {
    await textOf(
      meteredModel(() => [word, end(600, 0)]),
      short(),
    );
    await setBudget({ whose: OWNER_A, capMicros: 0 }, { ledger });
    await textOf(
      meteredModel(() => [word, end(100, 0)], { ownerId: OWNER_B }),
      short(),
    );
    await setBudget({ whose: SYSTEM_OWNER, capMicros: 700 }, { ledger });
    const more = textOf(
      meteredModel(() => [word, end(1, 0)], { ownerId: OWNER_B }),
      short(),
    );
    await expect(more).rejects.toMatchObject({ code: 'budget-exceeded', message: /all spaces/ });
  });

  test('lets free models go on when it is used up, and unknown prices until then', async () => {
    await setBudget({ whose: OWNER_A, capMicros: 300 }, { ledger });
    const unknown = meteredModel(() => [word, end(9, 9)], { price: undefined });
    expect(await textOf(unknown, short())).toBe('word ');
    await textOf(
      meteredModel(() => [word, end(300, 0)]),
      short(),
    );
    await expect(textOf(unknown, short())).rejects.toMatchObject({ code: 'budget-exceeded' });
    expect(await textOf(meteredModel(() => [word, end(9, 9)], { price: { input: 0, output: 0 } }))).toBe(
      'word ',
    );
  });

  test('begins anew with the next month', async () => {
    await setBudget({ whose: OWNER_A, capMicros: 0 }, { ledger });
    await eventsOf(meteredModel(() => [word, end(1, 1)], { price: { input: 0, output: 0 } }));
    const february = fakeCtx({ now: () => Date.UTC(2025, 1, 1) });
    expect((await usageSummary({}, { ledger }, february)).lines).toEqual([]);
    expect((await usageSummary({ month: '2025-01' }, { ledger }, february)).lines).toHaveLength(1);
  });
});

test('a cost that is unknown is shown as such and adds nothing', async () => {
  await textOf(meteredModel(() => [word, end(50, 5)], { price: undefined }));
  await textOf(meteredModel(() => [word, end(50, 5)]));
  expect(await rows()).toMatchObject([{ costMicros: null }, { costMicros: 100 }]);
  const { lines } = await usageSummary({}, { ledger }, ctx);
  expect(lines).toMatchObject([
    { calls: 2, unpriced: 1, costMicros: 100, inputTokens: 100, outputTokens: 10 },
  ]);
});
