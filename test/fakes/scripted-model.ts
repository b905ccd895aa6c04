import type { LanguageModel, ModelEvent, ModelRequest } from '../../src/ports/language-model.ts';

/** A model that says what the script tells it, word by word, and remembers what it was asked. */
export interface ScriptedModel extends LanguageModel {
  readonly asked: readonly ModelRequest[];
}

/** What to say to a request: a text, or events (an error among them is thrown). */
export type ModelScript = (
  request: ModelRequest,
  call: number,
) => string | readonly (ModelEvent | Error)[] | AsyncIterable<ModelEvent>;

const words = (text: string): ModelEvent[] => [
  ...(text.match(/\S+\s*|\s+/gu) ?? []).map((word): ModelEvent => ({ kind: 'text', text: word })),
  { kind: 'end', reason: 'stop', usage: { input: 10, output: text.split(/\s+/u).length, cached: 0 } },
];

export function scriptedModel(script: ModelScript, model = 'scripted'): ScriptedModel {
  const asked: ModelRequest[] = [];
  return {
    asked,
    facts: {
      name: { provider: 'test', model },
      contextTokens: 8_192,
      structuredOutput: true,
      images: false,
    },
    async *stream(request, signal) {
      asked.push(request);
      const said = script(request, asked.length);
      const events = typeof said === 'string' ? words(said) : said;
      for await (const event of events) {
        signal.throwIfAborted();
        if (event instanceof Error) throw event;
        yield event;
      }
    },
    async close() {},
  };
}
