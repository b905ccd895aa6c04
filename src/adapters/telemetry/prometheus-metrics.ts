import { Registry, collectDefaultMetrics, Gauge as PrometheusGauge } from 'prom-client';
import type { Gauge, Metrics, Observed, Work } from '../../ports/telemetry.ts';
import { type Instruments, instruments } from './prometheus-instruments.ts';

/** A store that hangs must not keep the scraper from the rest. */
const GAUGE_LIMIT_MS = 2_000;

/** What was seen and is not counted yet. */
interface Pending {
  add(count: () => void): void;
  count(): void;
}

/** One by one, between other work, each finds cold caches and costs ten times as much as in a row. */
const MOST_PENDING = 256;

function pendingCounts(): Pending {
  let counts: (() => void)[] = [];
  const count = () => {
    const all = counts;
    counts = [];
    for (const one of all) one();
  };
  return {
    add(one) {
      if (counts.push(one) >= MOST_PENDING) count();
    },
    count,
  };
}

function begun(work: Work, pending: Pending, { open, ended, firstToken }: Instruments): Observed {
  const startedAt = performance.now();
  pending.add(() => open(work, 1));
  return {
    within: (part) => part(),
    firstToken() {
      const seconds = (performance.now() - startedAt) / 1_000;
      pending.add(() => firstToken(work, seconds));
    },
    end(end) {
      const seconds = (performance.now() - startedAt) / 1_000;
      pending.add(() => {
        open(work, -1);
        ended(work, end, seconds);
      });
    },
  };
}

async function withinLimit<T>(reading: Promise<T>): Promise<T | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => resolve(undefined), GAUGE_LIMIT_MS);
  try {
    return await Promise.race([reading, promise]);
  } catch {
    return undefined; // what is wrong with the store, its own calls tell
  } finally {
    clearTimeout(timer);
  }
}

function addGauge({ name, help, labels, read }: Gauge, register: Registry): void {
  const gauge = new PrometheusGauge({
    name,
    help,
    labelNames: [...labels],
    registers: [register],
    async collect() {
      const values = await withinLimit(read());
      gauge.reset();
      for (const one of values ?? []) gauge.set({ ...one.labels }, one.value);
    },
  });
}

/** Counters and histograms of one Jiwa, and what Prometheus' client knows of the process. */
export function prometheusMetrics(): Metrics {
  const register = new Registry();
  collectDefaultMetrics({ register });
  const measured = instruments(register);
  const pending = pendingCounts();
  return {
    begin: (work) => begun(work, pending, measured),
    traceContext: () => undefined,
    gauge: (gauge) => addGauge(gauge, register),
    contentType: register.contentType,
    text() {
      pending.count();
      return register.metrics();
    },
    async close() {
      register.clear();
    },
  };
}
