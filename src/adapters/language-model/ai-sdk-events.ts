import type {
  LanguageModelV4FinishReason,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
} from '@ai-sdk/provider';
import type { FinishReason, ModelEvent, ModelUsage } from '../../ports/language-model.ts';
import type { InlineThoughts } from './inline-thoughts.ts';

type Finish = Extract<LanguageModelV4StreamPart, { type: 'finish' }>;

/** Whether the model has gone on with this part: only that counts for its time limits. */
export function isToken({ type }: LanguageModelV4StreamPart): boolean {
  return type === 'text-delta' || type === 'reasoning-delta' || type.startsWith('tool-');
}

/** What a part says to us, if anything. */
export function toEvents(part: LanguageModelV4StreamPart, thoughts: InlineThoughts): readonly ModelEvent[] {
  if (part.type === 'text-delta') return part.delta === '' ? [] : thoughts.hear(part.delta);
  if (part.type === 'reasoning-delta')
    return part.delta === '' ? [] : [{ kind: 'reasoning', text: part.delta }];
  if (part.type === 'finish') return thoughts.rest();
  if (part.type !== 'tool-call') return [];
  const call = { id: part.toolCallId, name: part.toolName, arguments: part.input };
  return [...thoughts.rest(), { kind: 'tool-call', call }];
}

export type End = Extract<ModelEvent, { kind: 'end' }>;

export function toEnd({ finishReason, usage }: Finish): End {
  return { kind: 'end', reason: toReason(finishReason), usage: toUsage(usage) };
}

function toReason({ unified }: LanguageModelV4FinishReason): FinishReason {
  return unified === 'error' ? 'other' : unified;
}

function toUsage({ inputTokens, outputTokens }: LanguageModelV4Usage): ModelUsage | undefined {
  const { total: input, cacheRead: cached = 0 } = inputTokens;
  const { total: output } = outputTokens;
  if (input === undefined && output === undefined) return undefined;
  return { input: input ?? 0, output: output ?? 0, cached };
}

/** Whether the answer says something with this; thoughts and empty space are none. */
export function isSaid(event: ModelEvent): boolean {
  return event.kind === 'tool-call' || (event.kind === 'text' && event.text.trim() !== '');
}
