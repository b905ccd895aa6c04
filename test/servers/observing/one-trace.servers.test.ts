import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { type App, openApp } from '../../../src/app.ts';
import { readConfig } from '../../../src/config.ts';
import { client } from '../../../src/wire/client.ts';
import { file } from '../../e2e/running-app.ts';
import { otlpCollector } from '../../fakes/otlp-collector.ts';
import { freePorts } from '../command/free-ports.ts';
import { type TestDatabase, testDatabase } from '../postgres-database.ts';
import { newBucket } from '../s3-bucket.ts';
import { serverVariable } from '../variables.ts';

const BIN = join(import.meta.dirname, '../../../bin/jiwa.js');
const PATIENCE_MS = 60_000;
const Schema = z.object({ classes: z.array(z.object({ class: z.string() })) });

let folder: string;
let database: TestDatabase;
let collector: Awaited<ReturnType<typeof otlpCollector>>;
let environment: NodeJS.ProcessEnv;
let app: App;
let worker: ChildProcess | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jiwa-observing-'));
  database = await testDatabase();
  collector = await otlpCollector();
  const { bucket, endpoint, keys } = await newBucket();
  const secrets = join(folder, 'secrets');
  await mkdir(secrets);
  const files = {
    JIWA_DATABASE_URL: database.url,
    JIWA_S3_ACCESS_KEY: keys?.access ?? '',
    JIWA_S3_SECRET_KEY: keys?.secret ?? '',
    JIWA_SECRETS_KEY: Buffer.alloc(32, 7).toString('base64'),
  };
  for (const [name, value] of Object.entries(files)) await writeFile(join(secrets, name), `${value}\n`);
  environment = {
    JIWA_SECRETS: secrets,
    JIWA_S3_BUCKET: bucket,
    JIWA_S3_ENDPOINT: endpoint,
    JIWA_REDIS_URL: serverVariable('JIWA_TEST_REDIS'),
    JIWA_REDIS_PREFIX: bucket,
    JIWA_WEAVIATE_URL: serverVariable('JIWA_TEST_WEAVIATE'),
    JIWA_WEAVIATE_GRPC: serverVariable('JIWA_TEST_WEAVIATE_GRPC'),
    JIWA_WEAVIATE_PREFIX: `O${bucket.replace(/[^a-z\d]/gi, '').slice(-20)}`,
    JIWA_LOG: 'error',
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_BSP_SCHEDULE_DELAY: '200',
  };
  const config = readConfig(
    { ...environment, ...files, JIWA_PORT: '0', JIWA_WORK_QUEUES: 'none', OTEL_SERVICE_NAME: 'server' },
    join(folder, 'server'),
  );
  app = await openApp(config, '0.0.0');
}, PATIENCE_MS);

afterEach(async () => {
  if (worker !== undefined && worker.exitCode === null) {
    worker.kill('SIGKILL');
    await once(worker, 'exit');
  }
  await app.close();
  await collector.close();
  await dropCollections();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
}, PATIENCE_MS);

async function dropCollections(): Promise<void> {
  const schema = `${serverVariable('JIWA_TEST_WEAVIATE')}/v1/schema`;
  const { classes } = Schema.parse(await (await fetch(schema)).json());
  const ours = classes.filter((one) => one.class.startsWith(environment['JIWA_WEAVIATE_PREFIX'] ?? '-'));
  for (const one of ours) await fetch(`${schema}/${one.class}`, { method: 'DELETE' });
}

/** Looks until it is so; a process has to start, and a job to be done elsewhere. */
async function until(look: () => Promise<boolean>): Promise<void> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  while (!(await look())) await pause(100, undefined, { signal });
}

/** A worker as it is deployed: its passwords in files, its probes and metrics at a port of its own. */
async function startWorker(metricsPort: number): Promise<ChildProcess> {
  const child = spawn(process.execPath, [BIN, 'worker', '--grace', '1'], {
    env: {
      PATH: process.env['PATH'],
      ...environment,
      JIWA_DATA: join(folder, 'worker'),
      JIWA_METRICS_PORT: `${metricsPort}`,
      OTEL_SERVICE_NAME: 'worker',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await until(
    async () => (await fetch(`http://127.0.0.1:${metricsPort}/readyz`).catch(() => undefined))?.ok ?? false,
  );
  return child;
}

/** Names of spans by the process they are from, of one trace. */
function spansOf(traceId: string) {
  return collector.resources().flatMap(({ resource, scopeSpans }) => {
    const service = resource.attributes.find(({ key }) => key === 'service.name')?.value['stringValue'];
    return scopeSpans
      .flatMap(({ spans }) => spans)
      .filter((span) => span.traceId === traceId)
      .map((span) => ({ ...span, service }));
  });
}

test(
  'one trace goes from a request at the server over the queue to the work of a worker process',
  async () => {
    const [port = 0] = await freePorts(1);
    worker = await startWorker(port);
    const { url } = app;
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const traced: typeof fetch = (input, init) => {
      const headers = new Headers(init?.headers);
      headers.set('traceparent', `00-${traceId}-b7ad6b7169203331-01`);
      return fetch(input, { ...init, headers });
    };
    const api = client({ url, token: app.token, fetch: traced });
    await api.upload(file('peanut.txt', 'Orangutan Peanut lives in Sumatra.'));
    await until(async () => {
      const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      return /jiwa_job_duration_seconds_count\{[^}]*kind="read-document",outcome="ok"\} [1-9]/.test(text);
    });
    worker.kill('SIGTERM');
    const [code] = (await once(worker, 'exit')) as [number | null];
    expect(code).toBe(0);
    await app.close();

    const spans = spansOf(traceId);
    const job = spans.find(({ name }) => name === 'process read-document');
    expect(job?.service).toBe('worker');
    expect(spans.find(({ spanId }) => spanId === job?.parentSpanId)).toMatchObject({
      service: 'server',
      name: 'ledger forOwner',
    });
    const within = spans.filter(({ parentSpanId }) => parentSpanId === job?.spanId);
    expect(within.map(({ name }) => name)).toContain('memory upsert');
    expect(collector.text()).not.toMatch(/peanut|orangutan/i);
  },
  2 * PATIENCE_MS,
);
