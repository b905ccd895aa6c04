import type { Telemetry } from '../../ports/telemetry.ts';
import type { AnyHandler, Handlers } from '../../surfaces/http/handlers.ts';
import type { ObserveRequest } from '../../surfaces/http/observe-requests.ts';
import { observe } from './observe.ts';

/** The same use cases, each call observed. */
export function observedHandlers(telemetry: Telemetry | undefined, handlers: Handlers): Handlers {
  if (telemetry === undefined) return handlers;
  const watched = Object.entries(handlers).map(([name, handler]) => {
    const work = { kind: 'use-case', name } as const;
    const run = handler as AnyHandler;
    const call: AnyHandler = (...given) => observe(telemetry, work, () => run(...given));
    return [name, call];
  });
  return Object.fromEntries(watched) as Handlers;
}

/** What the HTTP door tells of every request. */
export function observedRequests(telemetry: Telemetry | undefined): ObserveRequest | undefined {
  if (telemetry === undefined) return undefined;
  return (request) => {
    const observed = telemetry.begin({ kind: 'request', ...request });
    return {
      within: (part) => observed.within(part),
      end: (status) => observed.end({ outcome: status < 500 ? 'ok' : 'internal', status }),
    };
  };
}
