import type { ReadyModel } from '../ports/language-model.ts';

/** What a model says to an instruction and a text, as one string. */
export async function modelText(
  model: ReadyModel,
  { system, text }: { readonly system: string; readonly text: string },
  signal: AbortSignal,
): Promise<string> {
  const said: string[] = [];
  const messages = [
    { role: 'system', text: system },
    { role: 'user', parts: [{ kind: 'text', text }] },
  ] as const;
  for await (const event of model.stream({ messages }, signal))
    if (event.kind === 'text') said.push(event.text);
  return said.join('');
}
