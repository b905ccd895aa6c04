import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  isSpanContextValid,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { ATTR_SERVICE_NAME } from '@opentelemetry/semantic-conventions';
import type { Observed, Telemetry, Work, WorkEnd } from '../../ports/telemetry.ts';
import { attributesOf, endAttributes, spanName } from './span-words.ts';
import { remoteContext, traceparent } from './trace-context.ts';

export interface OtlpTracesOptions {
  /** Where spans are posted as JSON, such as `http://127.0.0.1:4318/v1/traces`. */
  readonly url: string;
  /** Name of this process. */
  readonly service: string;
}

/** A collector that is gone must not hold up the end of the process. */
const FLUSH_LIMIT_MS = 3_000;

const KINDS: Partial<Record<Work['kind'], SpanKind>> = {
  request: SpanKind.SERVER,
  job: SpanKind.CONSUMER,
  store: SpanKind.CLIENT,
  model: SpanKind.CLIENT,
  embedder: SpanKind.CLIENT,
};

/** What the work belongs to: what a caller or the maker of a job says, else the work that is being done. */
function parentOf(work: Work, current: Context): Context {
  const told = work.kind === 'request' || work.kind === 'job' ? work.traceContext : undefined;
  const remote = told === undefined ? undefined : remoteContext(told);
  if (remote !== undefined) return trace.setSpanContext(ROOT_CONTEXT, remote);
  return work.kind === 'request' || work.kind === 'job' ? ROOT_CONTEXT : current;
}

function finish(span: Span, end: WorkEnd): void {
  span.setAttributes(endAttributes(end));
  if (end.outcome !== 'ok' && end.outcome !== 'aborted') span.setStatus({ code: SpanStatusCode.ERROR });
  span.end();
}

function tracerOf({ url, service }: OtlpTracesOptions) {
  const named = resourceFromAttributes({ [ATTR_SERVICE_NAME]: service });
  const provider = new NodeTracerProvider({
    resource: detectResources({ detectors: [envDetector] })
      .merge(defaultResource())
      .merge(named),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url }))],
  });
  return { provider, tracer: provider.getTracer('jiwa') };
}

const UNTRACED: Observed = { within: (part) => part(), firstToken: () => undefined, end: () => undefined };

function begun(work: Work, tracer: Tracer, active: AsyncLocalStorage<Context>): Observed {
  // Processes look into the ledger every second or two for themselves: traces of one span, more of them than all others.
  if (work.kind === 'store' && active.getStore() === undefined) return UNTRACED;
  const kind = KINDS[work.kind] ?? SpanKind.INTERNAL;
  const parent = parentOf(work, active.getStore() ?? ROOT_CONTEXT);
  const span = tracer.startSpan(spanName(work), { kind, attributes: attributesOf(work) }, parent);
  const context = trace.setSpan(parent, span);
  return {
    within: (part) => active.run(context, part),
    firstToken: () => void span.addEvent('first-token'),
    end: (end) => finish(span, end),
  };
}

/**
 * Spans to a collector by OTLP over HTTP (JSON). Sampling, batches and headers are those of the standard's variables. It
 * registers nothing globally, so each Jiwa of a process has its own.
 */
export function otlpTraces(options: OtlpTracesOptions): Telemetry {
  const { provider, tracer } = tracerOf(options);
  const active = new AsyncLocalStorage<Context>();
  return {
    begin: (work) => begun(work, tracer, active),
    traceContext() {
      const context = trace.getSpanContext(active.getStore() ?? ROOT_CONTEXT);
      return context !== undefined && isSpanContextValid(context) ? traceparent(context) : undefined;
    },
    async close() {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, FLUSH_LIMIT_MS);
      // Spans that cannot be sent are lost; nobody is left who could be told.
      await Promise.race([provider.shutdown().catch(() => undefined), promise]);
      clearTimeout(timer);
    },
  };
}
