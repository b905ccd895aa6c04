import type { Access, Authorized } from '../../core/authorized.ts';
import type { Routes, RouteName, RouteOutput, RouteParsed } from '../../wire/routes.ts';

/** A file that arrives with a form. */
export interface UploadedFile {
  readonly filename: string;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** A file that leaves. */
export interface ServedFile {
  readonly filename: string;
  readonly contentType: string;
  /** Absent when it is made while it is sent. */
  readonly sizeBytes?: number;
  readonly bytes: AsyncIterable<Uint8Array>;
}

type Answer<N extends RouteName> = {
  json: Promise<RouteOutput<N>>;
  events: AsyncIterable<{ readonly id: string; readonly event: RouteOutput<N> }>;
  bytes: Promise<ServedFile>;
}[Routes[N]['answers']];

/** Who listens to a stream of events. */
export interface Listening {
  /** The last event the client has from a connection before this one. */
  readonly lastEventId: string | undefined;
  /** Aborted when the client goes away. */
  readonly detached: AbortSignal;
}

type Input<N extends RouteName> = RouteParsed<N> &
  (Routes[N] extends { readonly form: unknown } ? { readonly file: UploadedFile } : unknown) &
  (Routes[N] extends { readonly answers: 'events' } ? Listening : unknown);

/** The use cases behind the routes, bound by the composition root. The signal is aborted when the server stops. */
export type Handlers = {
  readonly [N in RouteName]: (access: Authorized<Access>, input: Input<N>, signal: AbortSignal) => Answer<N>;
};

/** What the server calls: the same, with the types of each route forgotten. */
export type AnyHandler = (access: Authorized<Access>, input: unknown, signal: AbortSignal) => unknown;
