import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { PullProgress } from '../connections/bring-model.ts';
import { bundledModelFolder } from './bundled-model.ts';
import { installedModels } from './installed-models.ts';
import { onnxEmbedder } from './onnx-embedder.ts';
import { pullModel, type PullModelInput } from './pull-model.ts';
import { testFolder } from './test-model-folder.ts';
import { breakOff, sendFrom, testModelServer } from './test-model-server.ts';

const { signal } = new AbortController();
const MODEL = 'onnx/model.onnx';
const weights = Buffer.alloc(300_000, 'weights!');
const FILES = {
  'config.json': '{"model_type": "bert", "hidden_size": 8, "max_position_embeddings": 512}',
  'tokenizer.json': JSON.stringify({ version: '1.0', filler: 'x'.repeat(2_000) }),
  'tokenizer_config.json': '{"model_max_length": 512}',
  '1_Pooling/config.json': '{"word_embedding_dimension": 8, "pooling_mode_cls_token": true}',
  'README.md': 'About the model',
  'pytorch_model.bin': Buffer.alloc(50_000),
  [MODEL]: weights,
  'onnx/model_quantized.onnx': Buffer.alloc(80_000, 'int8'),
};

async function setup(files: Readonly<Record<string, string | Buffer>> = FILES) {
  const folder = testFolder('models');
  const server = await testModelServer(files);
  const waits: number[] = [];
  const input: PullModelInput = {
    id: 'owner/tiny-e5-model',
    baseUrl: server.url,
    modelsDir: folder.path,
    sleep: async (ms) => waits.push(ms),
  };
  const progress: PullProgress[] = [];
  const pull = (more: Partial<PullModelInput> = {}, stop = signal) =>
    pullModel({ ...input, ...more }, (step) => progress.push(step), stop);
  const modelFile = join(folder.path, 'owner--tiny-e5-model', MODEL);
  /** Something of the model's file after `start` has arrived in this pull. */
  const reached = (start: number) => {
    const before = progress.length;
    return () => progress.slice(before).some((step) => step.file === MODEL && step.doneBytes > start);
  };
  return {
    server,
    waits,
    progress,
    pull,
    reached,
    modelsDir: folder.path,
    modelFile,
    async [Symbol.asyncDispose]() {
      folder[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

describe('pullModel', () => {
  it('brings what a sentence encoder needs, and says what it is', async () => {
    await using test = await setup();
    const { folder, model } = await test.pull();
    expect(folder).toBe(join(test.modelsDir, 'owner--tiny-e5-model'));
    expect(model).toMatchObject({ dimensions: 8, maxTokens: 512, languages: ['en', 'id'] });
    expect(model.id).toMatch(/^owner--tiny-e5-model@[0-9a-f]{8}$/);
    const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(names.map((entry) => entry.name).sort()).toEqual([
      'README.md',
      'config.json',
      'config.json',
      'model.onnx',
      'source.json',
      'tokenizer.json',
      'tokenizer_config.json',
    ]);
    expect(readFileSync(test.modelFile).equals(weights)).toBe(true);
    expect(await installedModels(test.modelsDir)).toEqual([
      { kind: 'ready', name: 'owner--tiny-e5-model', folder, model },
    ]);
  });

  it('counts bytes up to the total', async () => {
    await using test = await setup();
    await test.pull();
    const last = test.progress.at(-1);
    expect(last).toMatchObject({ file: MODEL, doneBytes: last?.totalBytes });
    const done = test.progress.map((step) => step.doneBytes);
    expect(done).toEqual(done.toSorted((a, b) => a - b));
  });

  it('takes the int8 model when it is wished, into a folder of its own', async () => {
    await using test = await setup();
    const { folder } = await test.pull({ quantised: true });
    expect(folder).toBe(join(test.modelsDir, 'owner--tiny-e5-model-int8'));
    expect(existsSync(join(folder, 'onnx/model_quantized.onnx'))).toBe(true);
  });

  it('fetches nothing that is there already', async () => {
    await using test = await setup();
    const first = await test.pull();
    expect(await test.pull()).toEqual(first);
    expect(test.server.fetched(MODEL)).toHaveLength(1);
  });

  it('replaces a model whose content has changed on the server', async () => {
    await using test = await setup();
    const first = await test.pull();
    test.server.files.set(MODEL, Buffer.alloc(1_234, 'new'));
    const second = await test.pull();
    expect(second.folder).toBe(first.folder);
    expect(second.model.id).not.toBe(first.model.id);
    expect(readFileSync(test.modelFile)).toHaveLength(1_234);
  });

  it('goes on where a broken connection stopped', async () => {
    await using test = await setup();
    test.server.misbehave.set(MODEL, (content, { start, times }, response) => {
      if (times > 3) return false;
      breakOff(content, { start, bytes: 80_000, when: test.reached(start) }, response);
      return true;
    });
    await test.pull();
    expect(readFileSync(test.modelFile).equals(weights)).toBe(true);
    const ranges = test.server.fetched(MODEL).map((request) => request.headers.range);
    expect(ranges[0]).toBeUndefined();
    expect(ranges.slice(1).every((range) => /^bytes=\d+-$/.test(range ?? ''))).toBe(true);
    expect(test.waits).toEqual([]);
  });

  it('goes on where an earlier pull stopped', async () => {
    await using test = await setup();
    test.server.misbehave.set(MODEL, (content, { start, times }, response) => {
      if (times === 1) breakOff(content, { start, bytes: 100_000, when: test.reached(start) }, response);
      else response.writeHead(503).end();
      return true;
    });
    await expect(test.pull({ attempts: 2 })).rejects.toMatchObject({ code: 'unavailable' });
    expect(await installedModels(test.modelsDir)).toEqual([]);
    test.server.misbehave.clear();
    await test.pull();
    expect(test.server.fetched(MODEL).at(-1)?.headers.range).toMatch(/^bytes=[1-9]/);
    expect(readFileSync(test.modelFile).equals(weights)).toBe(true);
  });

  it('starts the file anew when the server ignores ranges', async () => {
    await using test = await setup();
    test.server.misbehave.set(MODEL, (content, { start, times }, response) => {
      if (times === 1) breakOff(content, { start, bytes: 100_000, when: test.reached(start) }, response);
      else sendFrom(content, 0, response);
      return true;
    });
    await test.pull();
    expect(readFileSync(test.modelFile).equals(weights)).toBe(true);
  });

  it('gives up a server that brings nothing, after waiting longer each time', async () => {
    await using test = await setup();
    test.server.misbehave.set(MODEL, (_, __, response) => {
      response.writeHead(503).end();
      return true;
    });
    await expect(test.pull({ attempts: 4 })).rejects.toMatchObject({ code: 'unavailable' });
    expect(test.waits).toEqual([500, 1_000, 2_000]);
  });

  it('gives up a connection that stays silent', async () => {
    await using test = await setup();
    test.server.misbehave.set(MODEL, (content, _, response) => {
      response.writeHead(200, { 'content-length': String(content.length) });
      response.flushHeaders();
      return true;
    });
    await expect(test.pull({ attempts: 1, stallMs: 30 })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('stopped sending'),
    });
  });

  it.each([MODEL, 'config.json'])(
    'refuses content with a wrong checksum, after a second try: %s',
    async (path) => {
      await using test = await setup();
      test.server.misbehave.set(path, (content, _, response) => {
        sendFrom(Buffer.alloc(content.length, '?'), 0, response);
        return true;
      });
      await expect(test.pull()).rejects.toMatchObject({
        code: 'unreadable',
        message: expect.stringContaining('checksum'),
      });
      expect(test.server.fetched(path)).toHaveLength(2);
      expect(await installedModels(test.modelsDir)).toEqual([]);
    },
  );

  it('refuses a file that is longer than listed', async () => {
    await using test = await setup();
    test.server.misbehave.set('config.json', (content, _, response) => {
      sendFrom(Buffer.concat([content, Buffer.alloc(100)]), 0, response);
      return true;
    });
    await expect(test.pull()).rejects.toMatchObject({ code: 'unreadable' });
    test.server.misbehave.clear();
    await test.pull();
  });

  it('keeps the model that is there when a new one is broken', async () => {
    await using test = await setup();
    const { folder } = await test.pull();
    test.server.files.set('config.json', Buffer.from('{"hidden_size": "none"}'));
    await expect(test.pull()).rejects.toMatchObject({ code: 'unreadable' });
    expect(readFileSync(join(folder, 'config.json'), 'utf8')).toBe(FILES['config.json']);
  });

  it('stops when the signal fires, and leaves no model behind', async () => {
    await using test = await setup();
    const stop = new AbortController();
    test.server.misbehave.set(MODEL, () => {
      stop.abort();
      return true;
    });
    await expect(test.pull({}, stop.signal)).rejects.toMatchObject({ code: 'aborted' });
    expect(await installedModels(test.modelsDir)).toEqual([]);
  });

  it.each(['../evil.json', '/etc/evil', 'onnx/../../evil', 'a\\..\\evil', './evil', 'c:/evil'])(
    'refuses a server that lists a file outside of the folder: %s',
    async (path) => {
      await using test = await setup({ ...FILES, [path]: 'evil' });
      await expect(test.pull()).rejects.toMatchObject({
        code: 'unreadable',
        message: expect.stringContaining('unsafe'),
      });
      expect(existsSync(join(test.modelsDir, '..', 'evil.json'))).toBe(false);
    },
  );

  it.each(['../etc', 'a/b/c', 'owner/..', '', 'owner/name?x', '.hidden/name'])(
    'refuses the model name %j',
    async (id) => {
      await using test = await setup();
      await expect(test.pull({ id })).rejects.toMatchObject({ code: 'invalid-input' });
      expect(test.server.requests).toEqual([]);
    },
  );

  it('says that a model does not exist', async () => {
    await using test = await setup();
    await expect(test.pull({ id: 'owner/other' })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('says that a repository is no sentence encoder in ONNX', async () => {
    const { [MODEL]: _, ...rest } = FILES;
    await using test = await setup(rest);
    await expect(test.pull()).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining(MODEL),
    });
  });
});

describe('a pulled model', () => {
  it('opens and gives the vectors of the model it was copied from', async () => {
    const bundled = (name: string) => readFileSync(join(bundledModelFolder(), name));
    await using test = await setup({
      'config.json': '{"model_type": "bert", "hidden_size": 384, "max_position_embeddings": 512}',
      'tokenizer.json': bundled('tokenizer.json'),
      'tokenizer_config.json': bundled('tokenizer_config.json'),
      'sentence_bert_config.json': '{"max_seq_length": 256}',
      [MODEL]: bundled('model.onnx'),
    });
    const pulled = await onnxEmbedder(await test.pull());
    const original = await onnxEmbedder({ folder: bundledModelFolder() });
    // The folder's name holds `e5`, so the prefix of that family is put before a question.
    const question = await pulled.embedQuery('where?', signal);
    expect(question).toEqual(await original.embedQuery('query: where?', signal));
    await Promise.all([pulled.close(), original.close()]);
  });
});

describe('installedModels', () => {
  it('lists broken folders with the reason, and nothing when there is no folder', async () => {
    using folder = testFolder('models');
    folder.write('half/config.json', {});
    folder.write('.pulling/other/config.json', {});
    expect(await installedModels(folder.path)).toEqual([
      expect.objectContaining({
        kind: 'broken',
        name: 'half',
        reason: expect.stringContaining('tokenizer_config.json'),
      }),
    ]);
    expect(await installedModels(join(folder.path, 'nowhere'))).toEqual([]);
  });
});
