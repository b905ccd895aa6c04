import { expect, test } from 'vitest';
import type { ProviderSettings } from './provider-settings.ts';
import { costMicros, priceOf } from './prices.ts';

const openai: ProviderSettings = { id: 'openai', preset: 'openai' };

test('a name with a date has the price of the name', () => {
  expect(priceOf('gpt-4.1-mini-2025-04-14', openai, [])).toMatchObject({ input: 0.4, output: 1.6 });
  expect(priceOf('gpt-4.1-mini', openai, [])).toMatchObject({ input: 0.4 });
});

test('a model that is not in the table has no known price', () => {
  expect(priceOf('gpt-99', openai, [])).toBeUndefined();
});

test('a known name at another address has no known price', () => {
  const elsewhere: ProviderSettings = {
    id: 'router',
    preset: 'custom',
    baseUrl: 'https://router.example.com/v1',
  };
  expect(priceOf('gpt-4o', elsewhere, [])).toBeUndefined();
  expect(priceOf('gpt-4o', { ...openai, baseUrl: 'https://proxy.example.com/v1' }, [])).toBeUndefined();
});

test.each([
  'http://127.0.0.1:11434/v1',
  'http://localhost/v1',
  'http://192.168.1.5/v1',
  'http://ollama:11434/v1',
  'http://[::1]:8080/v1',
])('what runs at %s costs nothing', (baseUrl) => {
  expect(priceOf('llama3.2', { id: 'mine', preset: 'custom', baseUrl }, [])).toEqual({ input: 0, output: 0 });
});

test('an own price wins, the one of the provider before the one of all', () => {
  const own = [
    { model: 'gpt-4o', input: 7, output: 7 },
    { provider: 'openai', model: 'gpt-4o', input: 8, output: 8 },
  ];
  expect(priceOf('gpt-4o', openai, own)).toMatchObject({ input: 8 });
  expect(
    priceOf('gpt-4o', { id: 'other', preset: 'custom', baseUrl: 'https://x.example.com' }, own),
  ).toMatchObject({ input: 7 });
});

test('a part of a millionth counts as one', () => {
  expect(costMicros({ input: 1, output: 0, cached: 0 }, { input: 0.05, output: 0 })).toBe(1);
});
