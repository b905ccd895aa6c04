import { newId } from '../../../core/ids.ts';
import type { ToolCall } from '../../../wire/completion.ts';

/** An event of the protocol before it has its number. */
export interface ResponseEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** One thing of a response's output, while it is said or when it is whole. */
export type ResponseItem = Readonly<Record<string, unknown>>;

/** Ids of the protocol: a kind and a random part. */
export function itemId(kind: 'resp' | 'msg' | 'fc'): string {
  return `${kind}_${newId().replaceAll('-', '')}`;
}

const FIELD = { text: 'text', refusal: 'refusal' } as const;
export type MessageKind = keyof typeof FIELD;

function part(kind: MessageKind, text: string) {
  return kind === 'refusal'
    ? { type: 'refusal', refusal: text }
    : { type: 'output_text', text, annotations: [], logprobs: [] };
}

/** A message that is being said: what goes out when it begins, with each piece, and when it is whole. */
export function messageItem(kind: MessageKind, index: number) {
  const id = itemId('msg');
  const name = kind === 'refusal' ? 'response.refusal' : 'response.output_text';
  const at = { item_id: id, output_index: index, content_index: 0 };
  const logprobs = kind === 'refusal' ? {} : { logprobs: [] };
  const item = (status: string, content: readonly object[]) => {
    return { id, type: 'message', status, role: 'assistant', content };
  };
  let said = '';
  return {
    kind,
    begin: (): ResponseEvent[] => [
      { type: 'response.output_item.added', output_index: index, item: item('in_progress', []) },
      { type: 'response.content_part.added', ...at, part: part(kind, '') },
    ],
    say(delta: string): ResponseEvent {
      said += delta;
      return { type: `${name}.delta`, ...at, delta, ...logprobs };
    },
    end(): { readonly item: ResponseItem; readonly events: ResponseEvent[] } {
      const whole = item('completed', [part(kind, said)]);
      const events = [
        { type: `${name}.done`, ...at, [FIELD[kind]]: said, ...logprobs },
        { type: 'response.content_part.done', ...at, part: part(kind, said) },
        { type: 'response.output_item.done', output_index: index, item: whole },
      ];
      return { item: whole, events };
    },
  };
}

/** A call of the caller's tool, which comes whole. */
export function callItem({ id: callId, name, arguments: args }: ToolCall, index: number) {
  const id = itemId('fc');
  const item = (status: string, said: string) => {
    return { id, type: 'function_call', status, call_id: callId, name, arguments: said };
  };
  const at = { item_id: id, output_index: index };
  const whole: ResponseItem = item('completed', args);
  const events: ResponseEvent[] = [
    { type: 'response.output_item.added', output_index: index, item: item('in_progress', '') },
    { type: 'response.function_call_arguments.delta', ...at, delta: args },
    { type: 'response.function_call_arguments.done', ...at, name, arguments: args },
    { type: 'response.output_item.done', output_index: index, item: whole },
  ];
  return { item: whole, events };
}
