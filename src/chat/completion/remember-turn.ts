import type { Ctx } from '../../core/context.ts';
import { toAppError } from '../../core/errors.ts';
import type { ModelMessage } from '../../wire/completion.ts';
import type { Citation } from '../../wire/sessions.ts';
import type { ChatStores } from '../chat-deps.ts';
import { receiveMessage } from '../receive-message.ts';
import { lastQuestion } from './conversation-text.ts';
import { beginSession, type NamedSession } from './named-session.ts';

/** Longer messages are answered, but are more than a message of memory holds. */
const LONGEST = 100_000;

/** What was said in the end, and what it quotes. */
export interface SaidAnswer {
  readonly text: string;
  readonly citations: readonly Citation[];
  readonly answerKind?: 'extractive' | 'nothing-found';
  /** It broke off before its end. */
  readonly interrupted?: true;
}

export interface Turn {
  /** The answer has ended, or broke off: keeps it after the question. Never fails, what fails is in the log. */
  keep(answer: SaidAnswer): Promise<void>;
}

async function store(
  message: { readonly role: 'user' | 'assistant' } & SaidAnswer,
  session: NamedSession,
  deps: ChatStores,
  ctx: Ctx,
): Promise<void> {
  if (message.text === '' || message.text.length > LONGEST) return;
  await receiveMessage({ ...message, sessionId: session.id }, deps, ctx);
}

/** What the person says newly in this request; when the last message is a tool's result, it was kept by the one before. */
function newlySaid(messages: readonly ModelMessage[]): string {
  return messages.at(-1)?.role === 'user' ? lastQuestion(messages) : '';
}

/**
 * Begins to remember a turn in its session, to be called once the answer has begun: a request that fails and is sent again
 * leaves nothing. A caller that goes away stops the answer, not the remembering.
 */
export function rememberTurn(
  input: {
    readonly messages: readonly ModelMessage[];
    readonly session: NamedSession;
    readonly userId: string;
  },
  deps: ChatStores,
  ctx: Ctx,
): Turn {
  const { session, userId } = input;
  const detached = { ...ctx, signal: new AbortController().signal };
  const asked = (async () => {
    await beginSession(session, userId, deps, detached);
    const text = newlySaid(input.messages);
    await store({ role: 'user', text, citations: [] }, session, deps, detached);
  })();
  // It fails where it is awaited.
  asked.catch(() => undefined);
  return {
    async keep(answer) {
      try {
        await asked;
        await store({ role: 'assistant', ...answer }, session, deps, detached);
      } catch (cause) {
        const { code } = toAppError(cause);
        ctx.log.error('turn-not-remembered', { sessionId: session.id, code, cause });
      }
    },
  };
}
