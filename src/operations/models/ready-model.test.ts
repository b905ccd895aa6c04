import { expect, test } from 'vitest';
import { ModelRole, ProviderKind } from '../../wire/models.ts';
import { limitsOf } from './ready-model.ts';

test('a model of this machine may read for five minutes and pause for one, whatever its role', () => {
  for (const role of ModelRole.options) {
    expect(limitsOf(role, 'local')).toMatchObject({ firstTokenMs: 300_000, nextTokenMs: 60_000 });
  }
});

test('where somebody waits, a model elsewhere has one minute to begin', () => {
  for (const role of ['chat', 'fallback', 'twin'] as const) {
    expect(limitsOf(role, 'openai-compatible')).toMatchObject({ firstTokenMs: 60_000, nextTokenMs: 30_000 });
  }
  expect(limitsOf('summarizer', 'anthropic').firstTokenMs).toBeGreaterThan(60_000);
});

test('the first token leaves time for the rest', () => {
  for (const role of ModelRole.options) {
    for (const kind of ProviderKind.options) {
      const { firstTokenMs, wholeMs } = limitsOf(role, kind);
      expect(wholeMs).toBeGreaterThanOrEqual(2 * firstTokenMs);
    }
  }
});
