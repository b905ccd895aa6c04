import type { ModelMessage } from '../../wire/completion.ts';

/** What a message says in words; pictures say none. */
export function textOf(message: ModelMessage): string {
  if (message.role !== 'user') return message.text;
  return message.parts.flatMap((part) => (part.kind === 'text' ? part.text : [])).join('\n');
}

/** The last thing the person said; empty when there is none. */
export function lastQuestion(messages: readonly ModelMessage[]): string {
  const last = messages.findLast(({ role }) => role === 'user');
  return last === undefined ? '' : textOf(last).trim();
}
