import { afterEach, expect, test } from 'vitest';
import { freePorts } from '../servers/command/free-ports.ts';
import { type RunningApp, file, runningApp } from './running-app.ts';

let running: RunningApp;
afterEach(() => running.end());

const SECRET_WORDS = 'Orangutan Peanut lives in Sumatra';

async function metricsOf(port: number): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  expect(response.headers.get('content-type')).toContain('text/plain');
  return response.text();
}

async function use(running: RunningApp): Promise<string> {
  const { api } = running;
  const { id } = await api.call('createSession', { body: {} });
  await Array.fromAsync(api.send(id, { text: `${SECRET_WORDS}. Where does Peanut live?` }));
  await api.upload(file('peanut.txt', SECRET_WORDS));
  await api.call('recall', { body: { question: 'Where does Peanut live?' } });
  await running.settled();
  return id;
}

test('metrics count what was done, by labels that name nobody and nothing that was said', async () => {
  const [port = 0] = await freePorts(1);
  running = await runningApp({ JIWA_METRICS_PORT: `${port}` });
  const sessionId = await use(running);
  await fetch(`${running.app.url}/nothing/here`);
  const text = await metricsOf(port);
  for (const series of [
    'jiwa_http_request_duration_seconds_count{method="POST",route="/api/recall",status="200"} 1',
    'jiwa_http_request_duration_seconds_count{method="GET",route="unknown",status="404"} 1',
    'jiwa_recall_duration_seconds_count{outcome="ok"}',
    'jiwa_recall_stage_duration_seconds_count{stage="search",outcome="ok"}',
    'jiwa_store_call_duration_seconds_count{store="ledger",method="forOwner",outcome="ok"}',
    'jiwa_store_call_duration_seconds_count{store="memory",method="search",outcome="ok"}',
    'jiwa_store_call_duration_seconds_count{store="objects",method="put",outcome="ok"}',
    'jiwa_embedder_call_duration_seconds_count{method="embedTexts",outcome="ok"}',
    'jiwa_job_duration_seconds_count{queue="ingestion",kind="read-document",outcome="ok"} 1',
    'jiwa_jobs{queue="ingestion",state="due"} 0',
    'jiwa_oldest_due_job_seconds{queue="ingestion"} 0',
  ]) {
    expect(text).toContain(series);
  }
  const labels = [...text.matchAll(/="([^"]*)"/g)].map(([, value = '']) => value);
  const uuid = /[\da-f]{8}-[\da-f]{4}-[\da-f]{4}/i;
  expect(labels.filter((value) => uuid.test(value))).toEqual([]);
  expect(text).not.toMatch(/peanut|orangutan/i);
  expect(text).not.toContain(sessionId);
  expect(text).not.toContain(running.app.token);
});

test('the door of metrics tells probes how it is, and nothing else', async () => {
  const [port = 0] = await freePorts(1);
  running = await runningApp({ JIWA_METRICS_PORT: `${port}` });
  const statusOf = async (path: string, init?: RequestInit) =>
    (await fetch(`http://127.0.0.1:${port}${path}`, init)).status;
  expect(await statusOf('/livez')).toBe(200);
  expect(await statusOf('/readyz')).toBe(200);
  expect(await statusOf('/api/status')).toBe(404);
  expect(await statusOf('/metrics', { method: 'POST' })).toBe(405);
});

test('the main door has no metrics', async () => {
  running = await runningApp();
  expect((await fetch(`${running.app.url}/metrics`)).status).toBe(404);
});
