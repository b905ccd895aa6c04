import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ReceivedSpan, otlpCollector } from '../fakes/otlp-collector.ts';
import { type RunningApp, file, runningApp } from './running-app.ts';

const CALLER_TRACE = '0af7651916cd43dd8448eb211c80319c';
const CALLER_SPAN = 'b7ad6b7169203331';
const SAID = 'Orangutan Peanut lives in Sumatra';

let collector: Awaited<ReturnType<typeof otlpCollector>>;
let running: RunningApp;
beforeEach(async () => {
  collector = await otlpCollector();
  running = await runningApp({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_SERVICE_NAME: 'jiwa-test' });
});
afterEach(async () => {
  await running.end();
  await collector.close();
});

/** Names from the first span that has no parent here down to a span. */
function wayTo(span: ReceivedSpan, spans: readonly ReceivedSpan[]): string[] {
  const parent = spans.find(({ spanId }) => spanId === span.parentSpanId);
  return [...(parent === undefined ? [] : wayTo(parent, spans)), span.name];
}

test('one trace goes from the call of a caller over the job to its end', async () => {
  const body = new FormData();
  const { filename, body: content } = file('peanut.txt', SAID);
  body.append('file', content, filename);
  const accepted = await fetch(`${running.app.url}/api/documents`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${running.app.token}`,
      traceparent: `00-${CALLER_TRACE}-${CALLER_SPAN}-01`,
    },
    body,
  });
  expect(accepted.status).toBe(202);
  await running.settled();
  await running.app.close();

  expect([...collector.paths]).toEqual(['POST /v1/traces application/json']);
  const spans = collector.spans().filter(({ traceId }) => traceId === CALLER_TRACE);
  const request = spans.find(({ name }) => name === 'POST /api/documents');
  expect(request?.parentSpanId).toBe(CALLER_SPAN);
  const ways = spans.map((span) => wayTo(span, spans).join(' > '));
  expect(ways).toContain('POST /api/documents > uploadDocument > ledger forOwner > process read-document');
  expect(ways).toContain(
    'POST /api/documents > uploadDocument > ledger forOwner > process read-document > memory upsert',
  );
  // What follows from the job is part of the trace, too.
  expect(
    ways.some((way) => way.includes('process read-document') && way.endsWith('embedder embedTexts')),
  ).toBe(true);
});

test('a recall shows its stages, and no trace holds what was said or whose it is', async () => {
  const { api, app } = running;
  const { id } = await api.call('createSession', { body: {} });
  await Array.fromAsync(api.send(id, { text: `${SAID}. Where does Peanut live?` }));
  await api.call('recall', { body: { question: 'Where does Peanut live?' } });
  const me = JSON.stringify(await api.call('me', {}));
  await running.settled();
  await app.close();

  const spans = collector.spans();
  const ways = spans.map((span) => wayTo(span, spans).join(' > '));
  expect(ways).toContain('POST /api/recall > recall > recall > recall search > memory search');
  expect(ways).toContain('POST /api/recall > recall > recall > recall question-vector > embedder embedQuery');
  expect(collector.text()).not.toMatch(/peanut|orangutan/i);
  expect(collector.text()).not.toContain(app.token);
  const ids = [...me.matchAll(/[\da-f]{8}-[\da-f-]{27}/g)].map(([uuid]) => uuid);
  expect(ids).not.toEqual([]);
  expect(ids.filter((uuid) => collector.text().includes(uuid))).toEqual([]);
  const [resource] = collector.resources();
  expect(resource?.resource.attributes).toContainEqual({
    key: 'service.name',
    value: { stringValue: 'jiwa-test' },
  });
});

test('what a process looks up for itself is no trace', async () => {
  await running.api.upload(file('peanut.txt', SAID));
  await running.settled();
  await running.app.close();
  const spans = collector.spans();
  const tops = new Set(spans.flatMap((span) => wayTo(span, spans)[0] ?? []));
  expect([...tops].filter((name) => /^(ledger|memory|graph|objects) /.test(name))).toEqual([]);
});

test('a trace that is not one is not taken over', async () => {
  await fetch(`${running.app.url}/livez`, { headers: { traceparent: `00-${'0'.repeat(32)}-1-01` } });
  await running.app.close();
  const live = collector.spans().find(({ name }) => name === 'GET /livez');
  expect(live?.traceId).toMatch(/^(?!0+$)[\da-f]{32}$/);
  expect(live?.parentSpanId ?? '').toBe('');
});
