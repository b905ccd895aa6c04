import type { CompletionEvent } from '../../../wire/completion.ts';
import type { JiwaExtra } from '../../../wire/openai-common.ts';

export type Start = Extract<CompletionEvent, { kind: 'start' }>;

/** What Jiwa adds to an answer: the memories it could rest on and the conversation that keeps it. */
export function jiwaExtra({ memory, memories, sessionId }: Start): JiwaExtra {
  return { memory, memories, ...(sessionId === undefined ? {} : { session: sessionId }) };
}

/** The same as headers, for clients that hide what they do not know. */
export function jiwaHeaders(extra: JiwaExtra | undefined): Record<string, string> {
  if (extra === undefined) return {};
  const { memory, memories, session } = extra;
  return {
    'jiwa-memory': memory,
    'jiwa-memories': memories.join(','),
    ...(session === undefined ? {} : { 'jiwa-session': session }),
  };
}
