import type { Access } from '../core/authorized.ts';
import type { Ctx } from '../core/context.ts';
import type { Recall } from '../chat/chat-deps.ts';
import type { Answering } from './answering.ts';
import type { Embedders } from './embedders.ts';
import type { People } from './people.ts';
import type { Services } from './services.ts';

/** What the use cases behind the routes share. */
export interface Bound {
  readonly services: Services;
  readonly embedders: Embedders;
  readonly people: People;
  readonly answering: Answering;
  readonly recall: Recall;
  /** Surroundings of one call. */
  readonly within: (access: Access, signal: AbortSignal) => Ctx;
  readonly version: string;
  readonly startedAt: number;
}
