import type { ErrorCode } from '../core/errors.ts';
import type { ModelRole, ModelUsage } from './language-model.ts';
import type { QueueName } from './ledger-rows.ts';

/**
 * A piece of work that is observed. Every value but those marked comes from a small closed set, so that it can be a label;
 * nothing names an owner or holds text of memory.
 */
export type Work =
  | {
      readonly kind: 'request';
      readonly method: string;
      /** Pattern of the route, never the path. */
      readonly route: string;
      /** W3C trace context that the caller sent; for traces only. */
      readonly traceContext?: string | undefined;
    }
  | { readonly kind: 'use-case'; readonly name: string }
  | { readonly kind: 'recall' }
  | { readonly kind: 'recall-stage'; readonly stage: string }
  | {
      readonly kind: 'store';
      readonly store: 'ledger' | 'memory' | 'graph' | 'objects';
      readonly method: string;
    }
  | { readonly kind: 'embedder'; readonly method: 'embedQuery' | 'embedTexts'; readonly texts: number }
  | {
      readonly kind: 'model';
      readonly role: ModelRole;
      readonly provider: string;
      /** For traces only. */
      readonly model: string;
    }
  | {
      readonly kind: 'job';
      readonly queue: QueueName;
      readonly job: string;
      /** For traces only. */
      readonly jobId: string;
      readonly attempt: number;
      readonly traceContext?: string | undefined;
    };

/** How it ended. */
export interface WorkEnd {
  readonly outcome: 'ok' | ErrorCode;
  /** Of a request. */
  readonly status?: number;
  /** Of a model call. */
  readonly usage?: ModelUsage | undefined;
}

/** Work that has begun. */
export interface Observed {
  /** Runs something as part of the work: what is begun inside of it belongs to the work. */
  within<T>(part: () => T): T;
  /** The first words of a model have come. */
  firstToken(): void;
  /** Told once. */
  end(end: WorkEnd): void;
}

/** Watches work as it is done. Never throws, and never makes work wait. */
export interface Telemetry {
  begin(work: Work): Observed;
  /** The trace context of the work that is being done, to be carried to another process. */
  readonly traceContext: () => string | undefined;
  /** Sends what is held back. */
  close(): Promise<void>;
}

interface GaugeValue {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Something that is counted when somebody asks, such as the jobs of a queue. */
export interface Gauge {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly read: () => Promise<readonly GaugeValue[]>;
}

/** Telemetry that adds up, for a scraper. */
export interface Metrics extends Telemetry {
  gauge(gauge: Gauge): void;
  readonly contentType: string;
  /** Everything counted so far, in the format of `contentType`. A gauge that cannot be read is left out. */
  readonly text: () => Promise<string>;
}
