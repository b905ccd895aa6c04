import type { Config } from '../../config.ts';
import type { Metrics, Telemetry } from '../../ports/telemetry.ts';

/** What observes this process, where the configuration asks for it. */
export interface Observing {
  /** `undefined` when nothing is observed: then nothing is wrapped, and none of the libraries is loaded. */
  readonly telemetry: Telemetry | undefined;
  readonly metrics: Metrics | undefined;
  close(): Promise<void>;
}

function both(one: Telemetry, other: Telemetry): Telemetry {
  return {
    begin(work) {
      const [first, second] = [one.begin(work), other.begin(work)];
      return {
        within: (part) => first.within(() => second.within(part)),
        firstToken() {
          first.firstToken();
          second.firstToken();
        },
        end(end) {
          first.end(end);
          second.end(end);
        },
      };
    },
    traceContext: () => one.traceContext() ?? other.traceContext(),
    async close() {
      await one.close();
      await other.close();
    },
  };
}

async function openMetrics({ metrics }: Config): Promise<Metrics | undefined> {
  if (metrics === undefined) return undefined;
  const { prometheusMetrics } = await import('../../adapters/telemetry/prometheus-metrics.ts');
  return prometheusMetrics();
}

async function openTraces({ traces }: Config): Promise<Telemetry | undefined> {
  if (traces === undefined) return undefined;
  const { otlpTraces } = await import('../../adapters/telemetry/otlp-traces.ts');
  return otlpTraces(traces);
}

/** Opens what the configuration asks for: metrics, traces, both or neither. */
export async function openObserving(config: Config): Promise<Observing> {
  const metrics = await openMetrics(config);
  const traces = await openTraces(config);
  const telemetry =
    metrics !== undefined && traces !== undefined ? both(metrics, traces) : (metrics ?? traces);
  return {
    telemetry,
    metrics,
    close: async () => telemetry?.close(),
  };
}
