import type { Ctx } from '../core/context.ts';
import type { IntentRow } from '../ports/ledger-rows.ts';
import { FORGET_INTENT, finishForgetIntent, type ForgetDeps } from './forget-intent.ts';
import { finishMessageIntent } from './finish-intent.ts';
import { finishImportIntent, IMPORT_INTENT } from './history/accept-history.ts';
import { MESSAGE_INTENT } from './message-write.ts';

/** Ends one write that was cut off; can run twice. */
export type Finisher = (intent: IntentRow, ctx: Ctx) => Promise<void>;

/** What the sweeper calls for the intents of this room, by their kind. */
export function chatFinishers(deps: ForgetDeps): Readonly<Record<string, Finisher>> {
  return {
    [MESSAGE_INTENT]: async (intent, ctx) => void (await finishMessageIntent(intent, deps, ctx)),
    [IMPORT_INTENT]: (intent, ctx) => finishImportIntent(intent, deps, ctx),
    [FORGET_INTENT]: (intent, ctx) => finishForgetIntent(intent, deps, ctx),
  };
}
