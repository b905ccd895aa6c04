import type { CompletionEvent } from '../../../wire/completion.ts';
import type { Start } from './jiwa-extra.ts';
import {
  type MessageKind,
  type ResponseEvent,
  type ResponseItem,
  callItem,
  messageItem,
} from './response-items.ts';
import { type ResponseHead, type ResponseObject, responseObject } from './response-object.ts';

type Spoken = Exclude<CompletionEvent, { kind: 'start' | 'end' }>;

/** The output as it grows: at most one message is open, and closes when something else is said. */
function growingOutput() {
  const output: ResponseItem[] = [];
  let open: ReturnType<typeof messageItem> | undefined;
  const close = (): ResponseEvent[] => {
    if (open === undefined) return [];
    const { item, events } = open.end();
    open = undefined;
    output.push(item);
    return events;
  };
  const say = (kind: MessageKind, text: string): ResponseEvent[] => {
    if (open?.kind === kind) return [open.say(text)];
    const closing = close();
    open = messageItem(kind, output.length);
    return [...closing, ...open.begin(), open.say(text)];
  };
  return {
    output,
    close,
    add(event: Spoken): ResponseEvent[] {
      if (event.kind === 'reasoning') return [];
      if (event.kind !== 'tool-call') return say(event.kind, event.text);
      const closing = close();
      const { item, events } = callItem(event.call, output.length);
      output.push(item);
      return [...closing, ...events];
    },
  };
}

async function* unnumbered(
  head: ResponseHead,
  events: AsyncIterable<CompletionEvent>,
): AsyncIterable<ResponseEvent> {
  const growing = growingOutput();
  const { output } = growing;
  let start: Start | undefined;
  for await (const event of events) {
    if (event.kind === 'start') {
      start = event;
      const response = responseObject(head, { output: [], start });
      yield { type: 'response.created', response };
      yield { type: 'response.in_progress', response };
    } else if (event.kind === 'end') {
      yield* growing.close();
      const response = responseObject(head, { output, start, end: event });
      yield { type: `response.${response.status}`, response };
    } else yield* growing.add(event);
  }
}

/** The typed events of a response, numbered from 0; the last one holds the whole response. */
export async function* responseEvents(
  head: ResponseHead,
  events: AsyncIterable<CompletionEvent>,
): AsyncIterable<ResponseEvent> {
  let number = 0;
  for await (const event of unnumbered(head, events)) yield { ...event, sequence_number: number++ };
}

/** The response when it is whole. */
export async function wholeResponse(
  head: ResponseHead,
  events: AsyncIterable<CompletionEvent>,
): Promise<ResponseObject> {
  let last = responseObject(head, { output: [], start: undefined });
  for await (const event of unnumbered(head, events))
    if ('response' in event) last = event['response'] as ResponseObject;
  return last;
}
