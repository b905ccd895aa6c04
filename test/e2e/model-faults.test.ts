import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { localModels } from '../../src/adapters/language-model/llama/local-models.ts';
import { openDriver } from '../../src/app/model-drivers.ts';
import { type Models, openModels } from '../../src/app/models.ts';
import { readConfig } from '../../src/config.ts';
import { silentLog } from '../../src/core/context.ts';
import { AppError } from '../../src/core/errors.ts';
import { newId } from '../../src/core/ids.ts';
import { systemTimers } from '../../src/core/timers.ts';
import type { ProviderSettings } from '../../src/operations/models/provider-settings.ts';
import { structured } from '../../src/operations/models/structured.ts';
import type { Ledger } from '../../src/ports/ledger.ts';
import type { UsageRow } from '../../src/ports/usage-rows.ts';
import { z } from 'zod';
import { eventsOf, saying } from '../fakes/ask-model.ts';
import { fakeCtx } from '../fakes/ctx.ts';
import { openTestLedger } from '../fakes/ledger.ts';
import { MODEL_FAULTS } from '../fakes/model-faults.ts';
import { type ModelServer, modelServer } from '../fakes/model-server.ts';

const GOOD = 'This is the good answer of the first model.';
const RESCUE = 'This is the answer of the fallback.';
const LIMITS = { firstTokenMs: 300, nextTokenMs: 300, wholeMs: 2_000, tries: 2, longestWaitMs: 50 };
/** Nothing may take longer: two tries with their time limits, a wait, the fallback. */
const PATIENCE_MS = 4_000;
const PURPOSE = { feature: 'chat', promptVersion: 'p1' };
const config = readConfig({}, '/nowhere');
const local = localModels({ modelsFolder: '/nowhere', adaptersFolder: '/nowhere' });

interface House {
  readonly models: Models;
  readonly ctx: ReturnType<typeof fakeCtx>;
  rows(): Promise<UsageRow[]>;
  end(): Promise<void>;
}

let ledger: Ledger;
let endLedger: () => Promise<void>;
let first: ModelServer;
let second: ModelServer;
beforeAll(async () => {
  const opened = await openTestLedger();
  ledger = opened.ledger;
  endLedger = async () => {
    await opened.queue.close();
    await ledger.close();
  };
  [first, second] = [await modelServer(), await modelServer(() => RESCUE)];
});
afterAll(async () => {
  await first.close();
  await second.close();
  await endLedger();
});

/** A space of its own whose chat model is at the first server, with or without a fallback at the second. */
function house(preset: 'custom' | 'anthropic', withFallback: boolean): House {
  const ctx = fakeCtx({ ownerId: newId(), now: Date.now });
  const provider = (id: string, server: ModelServer): ProviderSettings => ({
    id,
    preset,
    baseUrl: server.baseUrl,
  });
  const body = (id: string) => ({ provider: id, model: 'scripted', parameters: {} });
  const models = openModels({
    ledger,
    newId,
    fixed: {
      providers: [provider('first', first), provider('second', second)],
      roles: { chat: body('first'), ...(withFallback ? { fallback: body('second') } : {}) },
    },
    secrets: {
      sealer: { seal: async (text) => text, open: async (text) => text },
      variable: () => undefined,
      file: async () => undefined,
    },
    openDriver: (driver) => openDriver(driver, { config, local }),
    idleMs: 60_000,
    timers: systemTimers,
    now: Date.now,
    random: Math.random,
    log: silentLog,
    limitsOf: () => LIMITS,
  });
  return {
    models,
    ctx,
    rows: () => ledger.forOwner(ctx.ownerId, (tx) => tx.table('usage').list({ orderBy: [['at', 'asc']] })),
    end: () => models.close(),
  };
}

/** What came of one question: the text, and the error that ended it. */
async function ask({ models, ctx }: House): Promise<{ text: string; error: unknown; ms: number }> {
  const startedAt = performance.now();
  const model = await models.of('chat', PURPOSE, ctx);
  if (model === undefined) throw new Error('The test has no model.');
  let text = '';
  let error: unknown;
  try {
    for await (const event of model.stream(saying('Hello'), ctx.signal)) {
      if (event.kind === 'text') text += event.text;
      if (event.kind === 'tool-call') text += `This is the call of ${event.call.name}`;
    }
  } catch (thrown) {
    error = thrown;
  }
  return { text, error, ms: performance.now() - startedAt };
}

/** The whole answer of one of the two. */
function isGood(text: string, error: unknown): boolean {
  return error === undefined && text.includes('This is the');
}

/** An error that says whose fault it is: neither ours nor the caller's. */
function isClear(error: unknown): boolean {
  return error instanceof AppError && error.code !== 'internal' && error.code !== 'invalid-input';
}

function checkRows(rows: readonly UsageRow[], most: number): void {
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.length).toBeLessThanOrEqual(most);
  expect(rows.filter(({ outcome }) => outcome === 'running')).toEqual([]);
  expect(new Set(rows.map(({ provider }) => provider)).size).toBe(rows.length);
}

describe.each(['custom', 'anthropic'] as const)('a provider of the kind %s', (preset) => {
  test.each(MODEL_FAULTS)(
    '%s: the fallback answers, or what has begun ends with a clear error',
    async (fault) => {
      first.say(() => ({ text: GOOD, fault }));
      const space = house(preset, true);
      const { text, error, ms } = await ask(space);
      expect(ms).toBeLessThan(PATIENCE_MS);
      expect(isGood(text, error) || (text !== '' && isClear(error))).toBe(true);
      checkRows(await space.rows(), 2);
      await space.end();
    },
  );

  test.each(MODEL_FAULTS)(
    '%s: without a fallback the answer is good or the error typed, and booked once',
    async (fault) => {
      first.say(() => ({ text: GOOD, fault }));
      const space = house(preset, false);
      const { text, error, ms } = await ask(space);
      expect(ms).toBeLessThan(PATIENCE_MS);
      expect(isGood(text, error) || isClear(error)).toBe(true);
      checkRows(await space.rows(), 1);
      await space.end();
    },
  );

  test('an object that was asked for comes from the floor, whatever the fault', async () => {
    const schema = z.strictObject({ drink: z.string() });
    const request = saying('What does Mira drink?');
    const space = house(preset, false);
    for (const fault of MODEL_FAULTS) {
      first.say(() => ({ text: '{"drink":"green tea"}', fault }));
      const model = await space.models.of('chat', PURPOSE, space.ctx);
      const made = await structured(
        model,
        { name: 'habit', schema, request },
        () => ({ drink: 'unknown' }),
        space.ctx.signal,
      );
      expect(schema.parse(made.value)).toEqual(made.value);
    }
    await space.end();
  }, 120_000);
});

test('a stop reaches the provider within a second, and is booked as aborted', async () => {
  first.say(() => ({ text: 'word '.repeat(500), delayMs: 20 }));
  const space = house('custom', true);
  const model = await space.models.of('chat', PURPOSE, space.ctx);
  const stop = new AbortController();
  const before = first.requests.length;
  const stopping = performance.now();
  const answer = model && eventsOf(model, saying('Hello'), stop.signal);
  setTimeout(() => stop.abort(), 100);
  await expect(answer).rejects.toMatchObject({ code: 'aborted' });
  expect(await first.requests[before]?.cut).toBe(true);
  expect(performance.now() - stopping).toBeLessThan(1_000);
  expect(await space.rows()).toMatchObject([{ outcome: 'aborted', estimated: 1 }]);
  await space.end();
});
