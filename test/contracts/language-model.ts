import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LanguageModel, ModelEvent, ModelRequest } from '../../src/ports/language-model.ts';

/** An open model; `dispose` ends what stands behind it, such as a server. */
export interface ModelUnderTest {
  readonly model: LanguageModel;
  readonly dispose?: () => Promise<void>;
}

/** A question to which the model says at least five tokens. */
export const question = (text = 'Count from one to twenty.'): ModelRequest => ({
  messages: [
    { role: 'system', text: 'Answer in words.' },
    { role: 'user', parts: [{ kind: 'text', text }] },
  ],
});

/** All that a model says. */
export async function said(
  model: LanguageModel,
  request: ModelRequest,
  signal = new AbortController().signal,
): Promise<ModelEvent[]> {
  return Array.fromAsync(model.stream(request, signal));
}

/** The text among what was said. */
export const textOf = (events: readonly ModelEvent[]): string =>
  events.map((event) => (event.kind === 'text' ? event.text : '')).join('');

/** The rules of `ports/language-model` that hold for every driver. `open` makes a new model each time. */
export function languageModelContract(name: string, open: () => Promise<ModelUnderTest>): void {
  describe(`${name} as a language model`, () => {
    let opened: ModelUnderTest;
    let model: LanguageModel;

    beforeAll(async () => {
      opened = await open();
      model = opened.model;
    });
    afterAll(async () => {
      await opened.model.close();
      await opened.dispose?.();
    });

    it('states its name', () => {
      expect(model.facts.name.provider).not.toBe('');
      expect(model.facts.name.model).not.toBe('');
    });

    it('says its answer in pieces, none of them empty, and one end, which is last', async () => {
      const events = await said(model, question());
      const ends = events.filter(({ kind }) => kind === 'end');
      expect(ends).toEqual([events.at(-1)]);
      expect(events.length).toBeGreaterThan(2);
      expect(textOf(events)).not.toBe('');
      for (const event of events) expect(event).not.toMatchObject({ text: '' });
    });

    it('counts the tokens it took and gave', async () => {
      const end = (await said(model, question())).at(-1);
      const usage = end?.kind === 'end' ? end.usage : undefined;
      expect(usage?.input).toBeGreaterThan(0);
      expect(usage?.output).toBeGreaterThan(0);
      expect(usage?.cached).toBeLessThanOrEqual(usage?.input ?? 0);
    });

    it('stops at the limit of tokens, and says so', async () => {
      const events = await said(model, { ...question(), maxOutputTokens: 2 });
      expect(events.at(-1)).toMatchObject({ kind: 'end', reason: 'length' });
    });

    it('refuses a request without messages', async () => {
      await expect(said(model, { messages: [] })).rejects.toMatchObject({ code: 'invalid-input' });
    });

    it('says nothing to a caller who is gone already', async () => {
      await expect(said(model, question(), AbortSignal.abort())).rejects.toMatchObject({ code: 'aborted' });
    });

    it('stops in the middle when the signal fires, and answers the next request', async () => {
      const stop = new AbortController();
      const pieces: ModelEvent[] = [];
      const listening = async () => {
        for await (const event of model.stream(question(), stop.signal)) {
          pieces.push(event);
          stop.abort();
        }
      };
      await expect(listening()).rejects.toMatchObject({ code: 'aborted' });
      expect(pieces).toHaveLength(1);
      expect(textOf(await said(model, question()))).not.toBe('');
    });

    it('minds no listener who leaves in the middle', async () => {
      for await (const event of model.stream(question(), new AbortController().signal)) {
        expect(event.kind).toBe('text');
        break;
      }
      expect(textOf(await said(model, question()))).not.toBe('');
    });

    it('answers several at once', async () => {
      const answers = await Promise.all(Array.from({ length: 4 }, () => said(model, question())));
      for (const events of answers) expect(events.at(-1)).toMatchObject({ kind: 'end' });
    });

    it('says that it is closed', async () => {
      const other = await open();
      await other.model.close();
      await expect(said(other.model, question())).rejects.toMatchObject({ code: 'unavailable' });
      await other.dispose?.();
    });
  });
}
