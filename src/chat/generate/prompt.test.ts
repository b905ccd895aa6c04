import * as fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { said, written } from '../../../test/fakes/recalled.ts';
import { estimateTokens } from '../../memory/token-budget.ts';
import type { ModelMessage } from '../../ports/language-model.ts';
import { closePrompt, openPrompt, type PromptInput } from './prompt.ts';

const BASE: PromptInput = {
  mode: 'santai',
  persona: 'You are Jiwa.',
  text: 'When does the lease end?',
  history: [],
  plan: undefined,
  contextTokens: undefined,
  now: Date.UTC(2025, 0, 1),
};

const make = (changes: Partial<PromptInput> = {}, hits: Parameters<typeof closePrompt>[1] = []) =>
  closePrompt(openPrompt({ ...BASE, ...changes }), hits);

function textOf(message: ModelMessage | undefined): string {
  if (message?.role !== 'user') return message?.text ?? '';
  return message.parts.map((part) => (part.kind === 'text' ? part.text : '')).join('');
}

const lastTurn = (prompt: ReturnType<typeof make>) => textOf(prompt.request.messages.at(-1));

describe('the last turn', () => {
  it('holds what was recalled, by conversations and documents, then the message', () => {
    const text = lastTurn(make({}, [written('It ends in May.'), said('I will move.')]));
    expect(text).toMatchInlineSnapshot(`
      "Today is 1 January 2025.

      ⟦recalled from conversations⟧
      ⟦2 · message · the person · 1:56 pm on 8 May, 2023 · in “Boat trip”⟧
      I will move.
      ⟦end of 2⟧
      ⟦recalled from documents⟧
      ⟦1 · document · “lease.pdf” · page 2 · 1:56 pm on 8 May, 2023⟧
      It ends in May.
      ⟦end of 1⟧
      ⟦end of what was recalled⟧

      ⟦the person writes⟧
      When does the lease end?"
    `);
  });

  it('says so when nothing was recalled', () => {
    expect(lastTurn(make())).toContain('⟦nothing was recalled⟧');
  });

  it('holds summary and steps where there are any', () => {
    const plan = { question: 'q', searches: [], steps: ['Look for the date.'] };
    const text = lastTurn(make({ summary: 'They spoke of the flat.', plan }));
    expect(text).toContain('⟦earlier in this conversation⟧\nThey spoke of the flat.\n⟦end of earlier⟧');
    expect(text).toContain('⟦steps for this answer⟧\n- Look for the date.');
  });

  it('takes in a message that was not answered, so that no two turns of one side follow one another', () => {
    const history = [
      { id: '1', role: 'assistant', text: 'Hello.' },
      { id: '2', role: 'user', text: 'One more thing.' },
    ] as const;
    const prompt = make({ history });
    expect(prompt.request.messages.map(({ role }) => role)).toEqual(['system', 'user']);
    expect(lastTurn(prompt)).toMatch(/^One more thing\.\n\nToday is/u);
  });
});

test('persona and rules of the mode are the system message, and no tool is offered', () => {
  const { request } = make({ mode: 'pikiran' });
  expect(textOf(request.messages[0])).toMatch(/^You are Jiwa\.\n\n[\s\S]*You answer deliberately/u);
  expect(request).not.toHaveProperty('tools');
});

test('sections are told with their sizes and with what was left out', () => {
  const history = Array.from({ length: 30 }, (_, i) => ({
    id: String(i),
    role: 'user' as const,
    text: 'A sentence of the conversation. '.repeat(20),
  }));
  const hits = Array.from({ length: 40 }, (_, i) =>
    written(`Paragraph ${i}. ${'It goes on and on. '.repeat(40)}`),
  );
  const { sections, entries } = make({ history, summary: 'Long. '.repeat(900) }, hits);
  const names = sections.map(({ name }) => name);
  expect(names).toEqual(['persona', 'summary', 'recent', 'documents', 'message']);
  expect(sections.find(({ name }) => name === 'documents')?.leftOut).toBe(40 - entries.length);
  expect(sections.find(({ name }) => name === 'recent')?.leftOut).toBeGreaterThan(0);
});

test('prompt and answer stay within what the model takes', () => {
  const words = (most: number) => fc.nat(most).map((count) => 'A word or two. '.repeat(count));
  const message = fc.record({
    id: fc.uuid(),
    role: fc.constantFrom('user', 'assistant', 'person'),
    text: words(200),
  });
  const input = fc.record({
    mode: fc.constantFrom('santai', 'pikiran'),
    text: words(3_000),
    summary: words(500),
    history: fc.array(message, { maxLength: 10 }),
    contextTokens: fc.integer({ min: 2_500, max: 100_000 }),
  });
  fc.assert(
    fc.property(input, fc.array(words(200), { maxLength: 40 }), (changes, texts) => {
      const hits = texts.map((text, i) => (i % 2 === 0 ? said(text) : written(text)));
      const { request, sections } = make(changes, hits);
      const size = request.messages.reduce((sum, one) => sum + estimateTokens(textOf(one)), 0);
      expect(size + (request.maxOutputTokens ?? 0)).toBeLessThanOrEqual(changes.contextTokens);
      expect(sections.every(({ tokens }) => tokens >= 0)).toBe(true);
    }),
    { numRuns: 60 },
  );
});
