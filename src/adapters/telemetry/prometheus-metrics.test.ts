import { expect, test } from 'vitest';
import { prometheusMetrics } from './prometheus-metrics.ts';

test('counts work by its closed labels', async () => {
  const metrics = prometheusMetrics();
  const request = {
    kind: 'request',
    method: 'GET',
    route: '/api/sessions/:id',
    traceContext: 'never shown',
  } as const;
  const first = metrics.begin(request);
  metrics.begin(request);
  first.end({ outcome: 'ok', status: 200 });
  metrics.begin({ kind: 'store', store: 'memory', method: 'search' }).end({ outcome: 'timeout' });
  const text = await metrics.text();
  expect(text).toContain(
    'jiwa_http_request_duration_seconds_count{method="GET",route="/api/sessions/:id",status="200"} 1',
  );
  expect(text).toContain('jiwa_http_open_requests{method="GET",route="/api/sessions/:id"} 1');
  expect(text).toContain(
    'jiwa_store_call_duration_seconds_count{store="memory",method="search",outcome="timeout"} 1',
  );
  expect(text).toContain('nodejs_eventloop_lag_p99_seconds');
  expect(text).toContain('process_resident_memory_bytes');
  expect(text).not.toContain('never shown');
  await metrics.close();
});

test('counts the tokens of a model and when its first words came', async () => {
  const metrics = prometheusMetrics();
  const call = metrics.begin({ kind: 'model', role: 'chat', provider: 'ollama', model: 'tiny' });
  call.firstToken();
  call.end({ outcome: 'ok', usage: { input: 12, output: 3, cached: 4 } });
  const text = await metrics.text();
  expect(text).toContain('jiwa_model_first_token_seconds_count{role="chat",provider="ollama"} 1');
  expect(text).toContain('jiwa_model_tokens_total{role="chat",provider="ollama",direction="input"} 12');
  expect(text).toContain('jiwa_model_open_streams{role="chat",provider="ollama"} 0');
  await metrics.close();
});

test('shows what is counted on demand, and the rest when that cannot be counted', async () => {
  const metrics = prometheusMetrics();
  let broken = false;
  metrics.gauge({
    name: 'jiwa_jobs',
    help: 'Jobs.',
    labels: ['queue'],
    async read() {
      if (broken) throw new Error('gone');
      return [{ labels: { queue: 'light' }, value: 5 }];
    },
  });
  expect(await metrics.text()).toContain('jiwa_jobs{queue="light"} 5');
  broken = true;
  const text = await metrics.text();
  expect(text).not.toContain('queue="light"');
  expect(text).toContain('process_cpu_seconds_total');
  await metrics.close();
});
