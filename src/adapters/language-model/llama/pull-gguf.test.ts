import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { tinyGguf, tinyLora } from '../../../../test/fakes/tiny-gguf.ts';
import { tinyModels } from '../../../../test/fakes/tiny-models.ts';
import type { PullProgress } from '../../connections/bring-model.ts';
import { breakOff, testModelServer } from '../../embedder/test-model-server.ts';
import { installedGguf } from './installed-gguf.ts';
import { pullGguf, type PullGgufInput } from './pull-gguf.ts';

const { signal } = new AbortController();
const NAME = 'owner--tiny-q4_k_m';
const PATH = 'tiny-q4_k_m.gguf';
const model = tinyGguf();

async function setup(files: Readonly<Record<string, Buffer>> = { [PATH]: model, 'tiny-q8_0.gguf': model }) {
  const folders = tinyModels();
  const server = await testModelServer(files);
  const progress: PullProgress[] = [];
  const input = { id: 'owner/tiny-e5-model', baseUrl: server.url, modelsDir: folders.modelsFolder };
  return {
    server,
    progress,
    pull: (more: Partial<PullGgufInput> = {}) =>
      pullGguf({ ...input, sleep: async () => {}, ...more }, (step) => progress.push(step), signal),
    async names() {
      return (await installedGguf(folders.modelsFolder)).map(({ name, kind }) => `${name} ${kind}`);
    },
    async [Symbol.asyncDispose]() {
      folders[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

describe('pullGguf', () => {
  it('brings the preferred file, counts its bytes, and lists it', async () => {
    await using test = await setup();
    const { name, path } = await test.pull();
    expect(name).toBe(NAME);
    expect(readFileSync(path).equals(model)).toBe(true);
    expect(test.progress.at(-1)).toEqual({ file: PATH, doneBytes: model.length, totalBytes: model.length });
    expect(await test.names()).toEqual([`${NAME} ready`, 'tiny ready']);
    await test.pull();
    expect(test.server.fetched(PATH)).toHaveLength(1);
  });

  it('brings another one beside it', async () => {
    await using test = await setup();
    await test.pull();
    await test.pull({ file: 'Q8_0' });
    expect(await test.names()).toEqual([`${NAME} ready`, 'owner--tiny-q8_0 ready', 'tiny ready']);
  });

  it('goes on where a broken connection stopped', async () => {
    await using test = await setup();
    test.server.misbehave.set(PATH, (content, { start, times }, response) => {
      if (times > 2) return false;
      const when = () => test.progress.some(({ doneBytes }) => doneBytes > start);
      breakOff(content, { start, bytes: 100_000, when }, response);
      return true;
    });
    const { path } = await test.pull();
    expect(readFileSync(path).equals(model)).toBe(true);
    expect(test.server.fetched(PATH).at(-1)?.headers.range).toMatch(/^bytes=[1-9]\d*-$/);
  });

  it('leaves nothing behind of what is no GGUF file', async () => {
    await using test = await setup({ [PATH]: Buffer.alloc(5_000, 'x') });
    await expect(test.pull()).rejects.toMatchObject({ code: 'unreadable' });
    expect(await test.names()).toEqual(['tiny ready']);
  });

  it('brings an adapter', async () => {
    await using test = await setup({ 'voice-lora-f16.gguf': tinyLora() });
    expect(await test.pull()).toMatchObject({ name: 'owner--voice-lora-f16', kind: 'adapter' });
    expect(await test.names()).toEqual(['owner--voice-lora-f16 ready', 'tiny ready']);
  });

  it.each([['...gguf'], ['.pulling.gguf']])('keeps %s in a folder of its own', async (file) => {
    await using test = await setup({ [file]: model });
    const { name } = await test.pull({ id: 'tiny-e5-model' });
    expect(name).toMatch(/^_/);
    expect(await test.names()).toEqual([`${name} ready`, 'tiny ready']);
  });

  it('refuses content with a wrong checksum', async () => {
    await using test = await setup();
    test.server.misbehave.set(PATH, (content, _, response) => {
      response.end(Buffer.alloc(content.length));
      return true;
    });
    await expect(test.pull()).rejects.toMatchObject({
      code: 'unreadable',
      message: expect.stringContaining('checksum'),
    });
    expect(await test.names()).toEqual(['tiny ready']);
  });
});
