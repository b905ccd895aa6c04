import { serveMetrics } from '../../surfaces/http/metrics-door.ts';
import type { Closing } from '../closing.ts';
import type { Services } from '../services.ts';
import { queueGauges } from './queue-gauges.ts';

/** Lets scrapers and probes in, where metrics are asked for: in the server and in every worker. */
export async function openMetricsDoor(services: Services, closing: Closing): Promise<void> {
  const { config, log, observing } = services;
  const { metrics } = observing;
  if (metrics === undefined || config.metrics === undefined) return;
  for (const gauge of queueGauges(services)) metrics.gauge(gauge);
  const { contentType, text } = metrics;
  const door = closing.add(
    await serveMetrics({ ...config.metrics, contentType, text, ready: services.readiness }),
  );
  log.info('metrics-served', { host: config.metrics.host, port: door.port });
}
