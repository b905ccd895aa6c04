import type { Ctx } from '../../core/context.ts';
import type { CompletionEvent } from '../../wire/completion.ts';
import type { CompletionDeps } from './completion-deps.ts';
import type { CompletionInput } from './completion-input.ts';
import { chooseModel } from './completion-model.ts';
import { memoryUse } from './memory-use.ts';
import { recallMemories } from './recall-memories.ts';
import { rememberTurn } from './remember-turn.ts';
import { speak } from './speak.ts';

/**
 * Continues a conversation of another program with what memory has for its last question, and remembers the turn, as the
 * memory mode says. Errors before the first token are thrown, for a persona only when nothing can answer; an abort cancels
 * the model's call, and what was said so far is kept. The turn is kept before `end` is told.
 */
export async function* complete(
  input: CompletionInput,
  deps: CompletionDeps,
  ctx: Ctx,
): AsyncIterable<CompletionEvent> {
  const chosen = await chooseModel(input, deps, ctx);
  const use = await memoryUse(input, chosen, deps, ctx);
  const { messages, userId } = input;
  const { mode: memory, session } = use;
  const hits = use.recalls ? await recallMemories({ messages, ...use.within }, deps, ctx) : [];
  const { memories, said, restsOn, answerKind } = await speak({ input, chosen, use, hits }, deps, ctx);
  const turn = session && rememberTurn({ messages, session, userId }, deps, ctx);
  let text = '';
  let ended = false;
  const keep = (cut: { readonly interrupted?: true }) =>
    turn?.keep({ text, citations: restsOn(text), ...(answerKind && { answerKind }), ...cut });
  try {
    yield { kind: 'start', memory, memories, ...(session && { sessionId: session.id }) };
    for await (const event of said) {
      if (event.kind === 'text') text += event.text;
      if (event.kind === 'end') {
        ended = true;
        await keep({});
      }
      yield event;
    }
  } finally {
    if (!ended) await keep({ interrupted: true });
  }
}
