import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { embedderContract } from '../../../test/contracts/embedder.ts';
import { dot } from '../../core/vectors.ts';
import { bundledModelFolder } from './bundled-model.ts';
import { onnxEmbedder, type OnnxEmbedderOptions } from './onnx-embedder.ts';
import { minilmFolder, type TestFolder } from './test-model-folder.ts';

const { signal } = new AbortController();

embedderContract('onnxEmbedder', async () => ({
  embedder: await onnxEmbedder({ folder: bundledModelFolder() }),
}));

async function withEmbedder<T>(
  options: OnnxEmbedderOptions,
  work: (embedder: Awaited<ReturnType<typeof onnxEmbedder>>) => Promise<T>,
): Promise<T> {
  const embedder = await onnxEmbedder(options);
  try {
    return await work(embedder);
  } finally {
    await embedder.close();
  }
}

describe('onnxEmbedder', () => {
  it('puts the prefixes that the folder states before questions and texts', async () => {
    using prefixed = minilmFolder('prefixed');
    prefixed.write('config_sentence_transformers.json', { prompts: { query: 'ask: ', document: 'tell: ' } });
    using plain = minilmFolder('plain');
    const [question, text] = await withEmbedder({ folder: prefixed.path }, async (embedder) => [
      await embedder.embedQuery('cats', signal),
      ...(await embedder.embedTexts(['cats'], signal)),
    ]);
    const expected = await withEmbedder({ folder: plain.path }, (embedder) =>
      embedder.embedTexts(['ask: cats', 'tell: cats'], signal),
    );
    expect([question, text]).toEqual(expected);
  });

  it.each(['cls', 'lasttoken'])('pools as 1_Pooling says: %s', async (mode) => {
    using folder = minilmFolder(mode);
    const modes = {
      pooling_mode_mean_tokens: false,
      pooling_mode_cls_token: false,
      pooling_mode_lasttoken: false,
    };
    const own = mode === 'cls' ? 'pooling_mode_cls_token' : 'pooling_mode_lasttoken';
    folder.write('1_Pooling/config.json', { word_embedding_dimension: 384, ...modes, [own]: true });
    using mean = minilmFolder('mean');
    const first = (path: TestFolder) =>
      withEmbedder({ folder: path.path }, (embedder) => embedder.embedQuery('The cat sleeps.', signal));
    expect(dot(await first(folder), await first(mean))).toBeLessThan(0.99);
  });

  it('opens the model for stored texts again after it left memory', async () => {
    await withEmbedder({ folder: bundledModelFolder(), bulkIdleMs: 1 }, async (embedder) => {
      const before = await embedder.embedTexts(['a text'], signal);
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(await embedder.embedTexts(['a text'], signal)).toEqual(before);
    });
  });

  it('opens the model for questions again after it left memory', async () => {
    const options = { folder: bundledModelFolder(), queryIdleMs: 1, cachedQuestions: 0 };
    await withEmbedder(options, async (embedder) => {
      const before = await embedder.embedQuery('a question', signal);
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect(await embedder.embedQuery('a question', signal)).toEqual(before);
    });
  });

  it('stops long work between two runs when its signal fires', async () => {
    await withEmbedder({ folder: bundledModelFolder() }, async (embedder) => {
      const stop = new AbortController();
      const texts = Array.from({ length: 5_000 }, (_, i) => `a text with the number ${i}`);
      const running = embedder.embedTexts(texts, stop.signal);
      await embedder.embedQuery('meanwhile', signal);
      stop.abort();
      await expect(running).rejects.toMatchObject({ code: 'aborted' });
    });
  });

  it('gives up a question at the deadline of its signal with `timeout`', async () => {
    await withEmbedder({ folder: bundledModelFolder() }, async (embedder) => {
      const long = 'so many words '.repeat(400);
      await expect(embedder.embedQuery(long, AbortSignal.timeout(1))).rejects.toMatchObject({
        code: 'timeout',
      });
    });
  });

  it.each(['config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.onnx'])(
    'says that %s is missing and what a folder holds',
    async (name) => {
      using folder = minilmFolder('incomplete');
      rmSync(join(folder.path, name));
      await expect(onnxEmbedder({ folder: folder.path })).rejects.toMatchObject({
        code: 'invalid-input',
        message: expect.stringMatching(new RegExp(`no ${name} in .*sentence encoder folder has`)),
      });
    },
  );

  it.each(['config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.onnx'])(
    'calls the folder unreadable when %s is damaged',
    async (name) => {
      using folder = minilmFolder('damaged');
      rmSync(join(folder.path, name));
      folder.write(name, '{"cut off');
      await expect(onnxEmbedder({ folder: folder.path })).rejects.toMatchObject({
        code: 'unreadable',
        message: expect.stringContaining(name),
      });
    },
  );

  it('refuses a description whose dimensions are not those of the model', async () => {
    using folder = minilmFolder('wrong', { hidden_size: 768 });
    await expect(onnxEmbedder({ folder: folder.path })).rejects.toMatchObject({
      code: 'invalid-input',
      message: expect.stringMatching(/384.*expected 768/),
    });
  });

  it('refuses a model with layers after its pooling that the graph lacks', async () => {
    using folder = minilmFolder('dense');
    folder.write('modules.json', [{ path: '2_Dense', type: 'sentence_transformers.models.Dense' }]);
    await expect(onnxEmbedder({ folder: folder.path })).rejects.toMatchObject({ code: 'unsupported' });
  });
});
