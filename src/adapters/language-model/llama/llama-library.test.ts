import { expect, it } from 'vitest';
import { loadLibrary } from './llama-library.ts';

it('says how to get the package where it is not installed', async () => {
  const name = 'node-llama-cpp-that-is-missing';
  const missing = async () => (await import(/* @vite-ignore */ name)) as never;
  await expect(loadLibrary(missing)).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(/npm install node-llama-cpp@3\.22\.1.*"overrides".*JIWA_LOCAL_GPU=auto/),
  });
});
