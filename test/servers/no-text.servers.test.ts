import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type RunningApp, runningApp } from '../e2e/running-app.ts';
import { type Canaries, tellStory } from '../e2e/told-story.ts';
import type { TestStores } from '../e2e/test-stores.ts';
import { serverStores } from './server-stores.ts';
import { serverVariable } from './variables.ts';

let stores: TestStores;
let run: RunningApp;
let word: Canaries;
/** All that was said to Redis meanwhile, by anybody. */
const saidToRedis: string[] = [];
beforeAll(async () => {
  stores = await serverStores();
  const redis = new Redis(serverVariable('JIWA_TEST_REDIS'));
  const monitor = await redis.monitor();
  monitor.on('monitor', (_time: string, command: readonly string[]) => saidToRedis.push(command.join(' ')));
  run = await runningApp(stores.environment);
  word = await tellStory(run);
  monitor.disconnect();
  redis.disconnect();
}, 180_000);
afterAll(async () => {
  await run.end();
  await stores.drop();
});

test('Redis is told no text, in jobs and events', () => {
  const prefix = stores.environment['JIWA_REDIS_PREFIX'] ?? '-';
  expect(saidToRedis.filter((command) => command.includes(prefix)).length).toBeGreaterThan(100);
  const told = saidToRedis.filter((command) =>
    Object.values(word).some((canary) => command.includes(canary)),
  );
  expect(told).toEqual([]);
});

const Collection = z.object({ properties: z.array(z.object({ name: z.string() })) });
const Objects = z.object({ objects: z.array(z.object({ properties: z.record(z.string(), z.unknown()) })) });

test('Weaviate has of documents no text but the list of their words', async () => {
  const weaviate = serverVariable('JIWA_TEST_WEAVIATE');
  const collection = `${stores.environment['JIWA_WEAVIATE_PREFIX']}TenantChunk`;
  const json = async (path: string): Promise<unknown> => (await fetch(`${weaviate}/v1/${path}`)).json();
  const { properties } = Collection.parse(await json(`schema/${collection}`));
  expect(properties.map(({ name }) => name)).not.toContain('text');
  const { space } = await run.api.call('me', {});
  const { objects } = Objects.parse(await json(`objects?class=${collection}&tenant=${space.id}&limit=100`));
  expect(objects.length).toBeGreaterThan(3);
  for (const { properties } of objects) {
    const { terms, heading, ...rest } = properties;
    expect(terms).toBeDefined();
    expect(`${String(heading)} ${JSON.stringify(rest)}`).not.toMatch(
      `${word.document}|${word.brokenDocument}`,
    );
    expect(JSON.stringify(rest)).not.toMatch(Object.values(word).join('|'));
  }
});
