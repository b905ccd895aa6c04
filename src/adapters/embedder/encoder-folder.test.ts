import { describe, expect, it } from 'vitest';
import { readEncoderFolder } from './encoder-folder.ts';
import { minilmFolder } from './test-model-folder.ts';

describe('readEncoderFolder', () => {
  it('takes the smallest of the token limits that the files state', async () => {
    using folder = minilmFolder('limits', {
      model_type: 'bert',
      hidden_size: 384,
      max_position_embeddings: 512,
    });
    expect((await readEncoderFolder(folder.path)).model.maxTokens).toBe(512);
    folder.write('sentence_bert_config.json', { max_seq_length: 128 });
    expect((await readEncoderFolder(folder.path)).model.maxTokens).toBe(128);
  });

  it('knows that models of the RoBERTa family have two positions fewer than they state', async () => {
    using folder = minilmFolder('roberta', {
      model_type: 'xlm-roberta',
      hidden_size: 384,
      max_position_embeddings: 514,
    });
    folder.write('tokenizer_config.json', { model_max_length: 1e30 });
    expect((await readEncoderFolder(folder.path)).model.maxTokens).toBe(512);
  });

  it('gives models of the E5 family their prefixes by name', async () => {
    using folder = minilmFolder('intfloat--multilingual-e5-small');
    expect((await readEncoderFolder(folder.path)).prefixes).toEqual({ query: 'query: ', text: 'passage: ' });
  });

  it('gives a folder that states none no prefixes, and its name as id', async () => {
    using folder = minilmFolder('my-model');
    expect(await readEncoderFolder(folder.path)).toMatchObject({
      model: { id: 'my-model', dimensions: 384 },
      prefixes: { query: '', text: '' },
      pooling: 'mean',
    });
  });

  it('gives a pulled model an id that changes with its weights', async () => {
    using folder = minilmFolder('pulled');
    const idWith = async (sha256: string) => {
      const files = [{ path: 'model.onnx', sizeBytes: 1, oid: 'x', sha256 }];
      folder.write('source.json', {
        id: 'a/b',
        revision: 'c',
        modelFile: 'model.onnx',
        languages: ['en', 'id'],
        files,
      });
      return (await readEncoderFolder(folder.path)).model;
    };
    expect(await idWith('aaaaaaaaaaaa')).toMatchObject({ id: 'pulled@aaaaaaaa', languages: ['en', 'id'] });
    expect(await idWith('bbbbbbbbbbbb')).toMatchObject({ id: 'pulled@bbbbbbbb' });
  });

  it('refuses a pooling that is not implemented rather than giving other vectors', async () => {
    using folder = minilmFolder('max');
    folder.write('1_Pooling/config.json', { pooling_mode_max_tokens: true });
    await expect(readEncoderFolder(folder.path)).rejects.toMatchObject({ code: 'unsupported' });
  });
});
