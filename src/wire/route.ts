import { z } from 'zod';
import { Id } from './common.ts';

/** What a subject may do, from anybody to the hosts of the installation; the one authorisation function decides who may. */
export const ACTIONS = [
  'public',
  'account:read',
  'account:self',
  'account:link',
  'memory:read',
  'memory:write',
  'memory:forget',
  'system:read',
  'audit:read',
  'space:export',
  'space:manage',
  'space:erase',
  'system:manage',
  'system:people',
  'system:backup',
] as const;
export type Action = (typeof ACTIONS)[number];

/** Which allowance of calls a minute a route draws on beside the general one. */
export type LimitName = 'login' | 'chat' | 'upload' | 'request';

/** One door of the API: the server, its OpenAPI page and the typed client are all made from this table. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly action: Action;
  /** `request` when absent. */
  readonly limit?: LimitName;
  /** Word under which a success is written into the audit log. */
  readonly audit?: string;
  /** The answer begins or ends a browser session: the server sets or clears its cookie. */
  readonly session?: 'begins' | 'ends';
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** A multipart upload: one part `file`, the other fields before it. */
  readonly form?: z.ZodType;
  /** JSON answer; for `events` one event, for `bytes` the file. */
  readonly response: z.ZodType;
  readonly answers: 'json' | 'events' | 'bytes';
  /** Status of success. */
  readonly status: 200 | 201 | 202;
}

export const ById = z.strictObject({ id: Id });
export const Nothing = z.strictObject({});
/** The usual answer: JSON with status 200. */
export const ok = { answers: 'json', status: 200 } as const;
