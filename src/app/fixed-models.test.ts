import { expect, test } from 'vitest';
import { readConfig } from '../config.ts';
import { fixedModels } from './fixed-models.ts';

const fixed = (environment: NodeJS.ProcessEnv) => fixedModels(readConfig(environment, '/nowhere'));

test('without variables nothing is fixed', () => {
  expect(fixed({})).toEqual({ providers: [], roles: {} });
});

test('a known provider needs its model only: address and variable of the key are the usual ones', () => {
  expect(fixed({ JIWA_CHAT_MODEL: 'openai:gpt-5-mini', JIWA_FALLBACK_MODEL: 'ollama:llama3.2:3b' })).toEqual({
    providers: [
      { id: 'env-chat', preset: 'openai', key: { env: 'OPENAI_API_KEY' } },
      { id: 'env-fallback', preset: 'ollama' },
    ],
    roles: {
      chat: { provider: 'env-chat', model: 'gpt-5-mini', parameters: {} },
      fallback: { provider: 'env-fallback', model: 'llama3.2:3b', parameters: {} },
    },
  });
});

test('an address and a variable of the key may be given', () => {
  const environment = {
    JIWA_CHAT_MODEL: 'custom:qwen3',
    JIWA_CHAT_URL: 'http://127.0.0.1:9000/v1',
    JIWA_CHAT_KEY_ENV: 'MY_API_KEY',
  };
  expect(fixed(environment).providers).toEqual([
    { id: 'env-chat', preset: 'custom', baseUrl: 'http://127.0.0.1:9000/v1', key: { env: 'MY_API_KEY' } },
  ]);
});

test.each([
  { JIWA_CHAT_MODEL: 'nobody:gpt' },
  { JIWA_CHAT_MODEL: 'custom:qwen3' },
  { JIWA_CHAT_MODEL: 'openai:gpt', JIWA_CHAT_KEY_ENV: 'PATH' },
  { JIWA_CHAT_MODEL: 'gpt-5-mini' },
])('%j is refused with the name of the variable', (environment) => {
  expect(() => fixed(environment)).toThrow(/JIWA_CHAT_MODEL/);
});
