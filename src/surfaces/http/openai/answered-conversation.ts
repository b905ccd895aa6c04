import type { CompletionEvent, ModelMessage, ToolCall } from '../../../wire/completion.ts';

/** The same events; when they have ended, what was said goes to `keep` as the next message of the conversation. */
export async function* answered(
  events: AsyncIterable<CompletionEvent>,
  keep: (answer: readonly ModelMessage[]) => void,
): AsyncIterable<CompletionEvent> {
  let text = '';
  const toolCalls: ToolCall[] = [];
  for await (const event of events) {
    if (event.kind === 'text') text += event.text;
    else if (event.kind === 'tool-call') toolCalls.push(event.call);
    else if (event.kind === 'end')
      keep([{ role: 'assistant', text, ...(toolCalls.length === 0 ? {} : { toolCalls }) }]);
    yield event;
  }
}
