import type { ModelEvent, ModelRequest, ReadyModel } from '../../src/ports/language-model.ts';

/** A request that says one thing. */
export function saying(text: string, changes: Partial<ModelRequest> = {}): ModelRequest {
  return { messages: [{ role: 'user', parts: [{ kind: 'text', text }] }], ...changes };
}

/** Asks a model and gives everything it said. */
export async function eventsOf(
  model: ReadyModel,
  request: ModelRequest = saying('Hello'),
  signal: AbortSignal = new AbortController().signal,
): Promise<ModelEvent[]> {
  const events: ModelEvent[] = [];
  for await (const event of model.stream(request, signal)) events.push(event);
  return events;
}

/** The text of an answer. */
export async function textOf(
  model: ReadyModel,
  request?: ModelRequest,
  signal?: AbortSignal,
): Promise<string> {
  const events = await eventsOf(model, request, signal);
  return events.map((event) => (event.kind === 'text' ? event.text : '')).join('');
}
