import { randomUUID } from 'node:crypto';
import { DeleteBucketCommand, DeleteObjectsCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { Redis } from 'ioredis';
import { z } from 'zod';
import { mapBounded } from '../../src/core/bounded.ts';
import type { TestStores } from '../e2e/test-stores.ts';
import type { ServerName } from './kinds/server.ts';
import { testDatabase } from './postgres-database.ts';
import { newBucket, s3Client } from './s3-bucket.ts';
import { serverVariable } from './variables.ts';

/** Part of a server that nobody else uses, and the environment that chooses it. */
interface Part {
  readonly environment: Readonly<Record<string, string>>;
  readonly drop: () => Promise<unknown>;
}

const TABLES = `
  select table_name as name from information_schema.tables
  where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`;

async function database(): Promise<Part & Pick<TestStores, 'ledgerRows'>> {
  const made = await testDatabase();
  return {
    environment: { JIWA_DATABASE_URL: made.url },
    async ledgerRows() {
      const tables = await made.run(TABLES);
      const rows = await mapBounded(tables, 4, async ({ name }) => {
        const found = await made.run(`select to_jsonb(t) as row from ${String(name)} as t`);
        return found.map(({ row }) => ({ table: String(name), values: row as Record<string, unknown> }));
      });
      return rows.flat();
    },
    drop: () => made.drop(),
  };
}

async function emptyBucket(bucket: string): Promise<void> {
  const client = s3Client();
  for (;;) {
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
    if (Contents.length === 0) break;
    const Objects = Contents.map(({ Key }) => ({ Key }));
    await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects } }));
  }
  await client.send(new DeleteBucketCommand({ Bucket: bucket }));
  client.destroy();
}

async function bucketOfS3(): Promise<Part> {
  const { bucket } = await newBucket();
  return {
    environment: {
      JIWA_S3_BUCKET: bucket,
      JIWA_S3_ENDPOINT: serverVariable('JIWA_TEST_S3'),
      JIWA_S3_ACCESS_KEY: serverVariable('JIWA_TEST_S3_ACCESS_KEY'),
      JIWA_S3_SECRET_KEY: serverVariable('JIWA_TEST_S3_SECRET_KEY'),
    },
    drop: () => emptyBucket(bucket),
  };
}

async function keysOfRedis(): Promise<Part> {
  const prefix = `jiwa-test-${randomUUID()}`;
  const url = serverVariable('JIWA_TEST_REDIS');
  return {
    environment: { JIWA_REDIS_URL: url, JIWA_REDIS_PREFIX: prefix },
    async drop() {
      const client = new Redis(url);
      for await (const keys of client.scanStream({ match: `*${prefix}*`, count: 1_000 })) {
        const names = z.array(z.string()).parse(keys);
        if (names.length > 0) await client.unlink(...names);
      }
      await client.quit();
    },
  };
}

const Schema = z.object({ classes: z.array(z.object({ class: z.string() })) });

async function collectionsOfWeaviate(): Promise<Part> {
  const prefix = `T${randomUUID().replaceAll('-', '')}`.slice(0, 20);
  const url = serverVariable('JIWA_TEST_WEAVIATE');
  return {
    environment: {
      JIWA_WEAVIATE_URL: url,
      JIWA_WEAVIATE_GRPC: serverVariable('JIWA_TEST_WEAVIATE_GRPC'),
      JIWA_WEAVIATE_PREFIX: prefix,
    },
    async drop() {
      const { classes } = Schema.parse(await (await fetch(`${url}/v1/schema`)).json());
      for (const { class: name } of classes) {
        if (name.startsWith(prefix)) await fetch(`${url}/v1/schema/${name}`, { method: 'DELETE' });
      }
    },
  };
}

const PARTS: Readonly<Record<ServerName, () => Promise<Part>>> = {
  postgres: database,
  s3: bucketOfS3,
  redis: keysOfRedis,
  weaviate: collectionsOfWeaviate,
};

/** Empty parts of the servers of this run, those that are named: a database, a bucket, prefixes in Redis and Weaviate. */
export async function partsOfServers(names: readonly ServerName[]): Promise<Part> {
  return joined(await Promise.all(names.map((name) => PARTS[name]())));
}

function joined(parts: readonly Part[]): Part {
  return {
    environment: Object.fromEntries(parts.flatMap(({ environment }) => Object.entries(environment))),
    drop: () => Promise.all(parts.map((part) => part.drop())),
  };
}

/** The stores of the full set-up, empty: PostgreSQL, S3, Redis and Weaviate. */
export async function serverStores(): Promise<TestStores> {
  const [ledger, memory] = [await database(), await collectionsOfWeaviate()];
  const { environment, drop } = joined([ledger, memory, await partsOfServers(['s3', 'redis'])]);
  return {
    environment,
    ledgerRows: () => ledger.ledgerRows(),
    async wipeMemory() {
      await memory.drop();
    },
    async drop() {
      await drop();
    },
  };
}
