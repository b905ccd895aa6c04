import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { unreachable } from '../../core/errors.ts';
import type { Work, WorkEnd } from '../../ports/telemetry.ts';

/** From a look into an index to a long answer, in seconds. */
const FAST = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30];
/** From a short answer of a model to a job of hours. */
const SLOW = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 7_200];

/** What is kept of work: how many are open, how long it took. */
export interface Instruments {
  readonly open: (work: Work, change: 1 | -1) => void;
  readonly firstToken: (work: Work, seconds: number) => void;
  readonly ended: (work: Work, end: WorkEnd, seconds: number) => void;
}

interface HistogramShape<L extends string> {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly L[];
  readonly buckets?: readonly number[];
}

function histogramIn<L extends string>(
  register: Registry,
  { name, help, labels, buckets = FAST }: HistogramShape<L>,
): Histogram<L> {
  const labelNames = [...labels];
  return new Histogram({
    name: `jiwa_${name}_seconds`,
    help,
    labelNames,
    buckets: [...buckets],
    registers: [register],
  });
}

function requestMetrics(register: Registry) {
  return {
    requests: histogramIn(register, {
      name: 'http_request_duration',
      help: 'Requests from first byte to last, streams included.',
      labels: ['method', 'route', 'status'],
    }),
    openRequests: new Gauge({
      name: 'jiwa_http_open_requests',
      help: 'Requests being answered, open streams included.',
      labelNames: ['method', 'route'],
      registers: [register],
    }),
    recalls: histogramIn(register, {
      name: 'recall_duration',
      help: 'Recall, the vector of the question included.',
      labels: ['outcome'],
    }),
    stages: histogramIn(register, {
      name: 'recall_stage_duration',
      help: 'Parts of a recall; some run at the same time.',
      labels: ['stage', 'outcome'],
    }),
    stores: histogramIn(register, {
      name: 'store_call_duration',
      help: 'Calls of ledger, memory, graph and objects.',
      labels: ['store', 'method', 'outcome'],
    }),
  };
}

function modelMetrics(register: Registry) {
  const registers = [register];
  return {
    embedder: histogramIn(register, {
      name: 'embedder_call_duration',
      help: 'Calls of the embedder.',
      labels: ['method', 'outcome'],
    }),
    embedded: new Counter({
      name: 'jiwa_embedded_texts_total',
      help: 'Texts and questions given to the embedder.',
      labelNames: ['method'],
      registers,
    }),
    models: histogramIn(register, {
      name: 'model_call_duration',
      help: 'Calls of language models, fallbacks included.',
      labels: ['role', 'provider', 'outcome'],
      buckets: SLOW,
    }),
    firstTokens: histogramIn(register, {
      name: 'model_first_token',
      help: 'Until the first words of a model.',
      labels: ['role', 'provider'],
      buckets: SLOW,
    }),
    openModels: new Gauge({
      name: 'jiwa_model_open_streams',
      help: 'Answers that language models are writing.',
      labelNames: ['role', 'provider'],
      registers,
    }),
    tokens: new Counter({
      name: 'jiwa_model_tokens_total',
      help: 'Tokens as the providers count them.',
      labelNames: ['role', 'provider', 'direction'],
      registers,
    }),
  };
}

function jobMetrics(register: Registry) {
  return {
    jobs: histogramIn(register, {
      name: 'job_duration',
      help: 'Attempts at jobs.',
      labels: ['queue', 'kind', 'outcome'],
      buckets: SLOW,
    }),
    runningJobs: new Gauge({
      name: 'jiwa_running_jobs',
      help: 'Jobs that this process runs.',
      labelNames: ['queue', 'kind'],
      registers: [register],
    }),
  };
}

const metricsOf = (register: Registry) => ({
  ...requestMetrics(register),
  ...modelMetrics(register),
  ...jobMetrics(register),
});

type All = ReturnType<typeof metricsOf>;

function openedOrClosed(work: Work, change: number, all: All): void {
  if (work.kind === 'request') {
    const { method, route } = work;
    all.openRequests.inc({ method, route }, change);
  } else if (work.kind === 'model') {
    const { role, provider } = work;
    all.openModels.inc({ role, provider }, change);
  } else if (work.kind === 'job') {
    all.runningJobs.inc({ queue: work.queue, kind: work.job }, change);
  } else if (work.kind === 'embedder' && change === 1) {
    all.embedded.inc({ method: work.method }, work.texts);
  }
}

type ModelWork = Extract<Work, { kind: 'model' }>;

function endedModel({ role, provider }: ModelWork, { outcome, usage }: WorkEnd, all: All): void {
  if (outcome !== 'ok' || usage === undefined) return;
  for (const direction of ['input', 'output', 'cached'] as const)
    all.tokens.inc({ role, provider, direction }, usage[direction]);
}

function ended(work: Work, end: WorkEnd, all: All, seconds: number): void {
  const { outcome } = end;
  switch (work.kind) {
    case 'request': {
      const { method, route } = work;
      all.requests.observe({ method, route, status: String(end.status ?? 0) }, seconds);
      return;
    }
    case 'use-case': // the route says the same
      return;
    case 'recall':
      all.recalls.observe({ outcome }, seconds);
      return;
    case 'recall-stage':
      all.stages.observe({ stage: work.stage, outcome }, seconds);
      return;
    case 'store': {
      const { store, method } = work;
      all.stores.observe({ store, method, outcome }, seconds);
      return;
    }
    case 'embedder':
      all.embedder.observe({ method: work.method, outcome }, seconds);
      return;
    case 'model': {
      const { role, provider } = work;
      all.models.observe({ role, provider, outcome }, seconds);
      endedModel(work, end, all);
      return;
    }
    case 'job':
      all.jobs.observe({ queue: work.queue, kind: work.job, outcome }, seconds);
      return;
    default:
      unreachable(work);
  }
}

/** Jiwa's own metrics in a registry. */
export function instruments(register: Registry): Instruments {
  const all = metricsOf(register);
  return {
    open: (work, change) => openedOrClosed(work, change, all),
    firstToken(work, seconds) {
      if (work.kind !== 'model') return;
      const { role, provider } = work;
      all.firstTokens.observe({ role, provider }, seconds);
    },
    ended: (work, end, seconds) => ended(work, end, all, seconds),
  };
}
