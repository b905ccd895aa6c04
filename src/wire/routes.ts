import type { z } from 'zod';
import { accountRoutes } from './account-routes.ts';
import { answerRoutes } from './answer-routes.ts';
import { conversationRoutes } from './conversation-routes.ts';
import { documentRoutes } from './document-routes.ts';
import { jobRoutes } from './job-routes.ts';
import { memoryRoutes } from './memory-routes.ts';
import { migrationRoutes } from './migration-routes.ts';
import { modelRoutes } from './model-routes.ts';
import { peopleRoutes } from './people-routes.ts';
import { recallRoutes } from './recall-routes.ts';
import { spaceRoutes } from './space-routes.ts';
import { systemRoutes } from './system-routes.ts';

/** The whole API. The server, its OpenAPI page and the typed client are made from this table. */
export const routes = {
  ...systemRoutes,
  ...documentRoutes,
  ...conversationRoutes,
  ...answerRoutes,
  ...recallRoutes,
  ...memoryRoutes,
  ...jobRoutes,
  ...modelRoutes,
  ...accountRoutes,
  ...peopleRoutes,
  ...spaceRoutes,
  ...migrationRoutes,
} as const;

export type Routes = typeof routes;
export type RouteName = keyof Routes;

type Part<R, K extends string> = R extends { readonly [P in K]: infer S extends z.ZodType } ? S : never;

/** What a caller gives for a route: before defaults are filled in. */
export type RouteInput<N extends RouteName> = {
  readonly [
    K in 'params' | 'query' | 'body' | 'form' as [Part<Routes[N], K>] extends [never] ? never : K
  ]: z.input<Part<Routes[N], K>>;
};

/** What a handler gets: parsed. */
export type RouteParsed<N extends RouteName> = {
  readonly [
    K in 'params' | 'query' | 'body' | 'form' as [Part<Routes[N], K>] extends [never] ? never : K
  ]: z.output<Part<Routes[N], K>>;
};

export type RouteOutput<N extends RouteName> = z.output<Routes[N]['response']>;
