import type { Ctx } from '../../core/context.ts';
import { AppError } from '../../core/errors.ts';
import type { MemoryMode } from '../../wire/completion.ts';
import type { CompletionDeps } from './completion-deps.ts';
import type { CompletionInput } from './completion-input.ts';
import type { ChosenModel } from './completion-model.ts';
import { type NamedSession, namedSession } from './named-session.ts';

/** What a completion reads of memory and where it keeps the turn. */
export interface MemoryUse {
  readonly mode: MemoryMode;
  readonly recalls: boolean;
  /** Only this session is recalled from. */
  readonly within: { readonly sessionId?: string };
  /** Absent when the turn is not remembered. */
  readonly session?: NamedSession;
}

/** The mode that holds: the caller's, else the model's; who may not add to memory reads only unless it asked for more. */
function modeOf(input: CompletionInput, chosen: ChosenModel, personaMemory: MemoryMode): MemoryMode {
  const mode = input.memory ?? (chosen.kind === 'persona' ? personaMemory : 'off');
  if (input.mayRemember || mode === 'off' || mode === 'read-only') return mode;
  if (input.memory === undefined) return 'read-only';
  throw new AppError('forbidden', `Expected memory mode off or read-only of who may only read, got ${mode}.`);
}

/** Works out the memory mode and its session. Throws `forbidden` for a mode that writes, asked by who may not. */
export async function memoryUse(
  input: CompletionInput,
  chosen: ChosenModel,
  deps: Pick<CompletionDeps, 'ledger' | 'personaMemory'>,
  ctx: Ctx,
): Promise<MemoryUse> {
  const mode = modeOf(input, chosen, deps.personaMemory);
  if (mode === 'off' || mode === 'read-only') return { mode, recalls: mode === 'read-only', within: {} };
  const session = await namedSession(input, deps, ctx);
  if (mode === 'all') return { mode, recalls: true, within: {}, session };
  return { mode, recalls: session.begun, within: { sessionId: session.id }, session };
}
