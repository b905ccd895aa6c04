import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../core/ids.ts';
import { dot } from '../../core/vectors.ts';
import type { Embedder } from '../../ports/embedder.ts';
import { bundledModelFolder } from './bundled-model.ts';
import { onnxEmbedder } from './onnx-embedder.ts';

const folder = bundledModelFolder();
const reference = JSON.parse(readFileSync(join(folder, 'reference-vectors.json'), 'utf8')) as {
  text: string;
  vector: number[];
}[];
const { signal } = new AbortController();

describe('the bundled model', () => {
  let embedder: Embedder;
  beforeAll(async () => {
    embedder = await onnxEmbedder({ folder });
  });
  afterAll(() => embedder.close());

  it('consists of the files whose checksums are committed', () => {
    const lines = readFileSync(join(folder, 'sha256sums'), 'utf8').trim().split('\n');
    const sums = lines.map((line) => line.split('  '));
    expect(sums.map(([, name]) => name)).toEqual(
      expect.arrayContaining(['model.onnx', 'tokenizer.json', 'config.json']),
    );
    const found = sums.map(([, name = '']) => [sha256(readFileSync(join(folder, name))), name]);
    expect(found).toEqual(sums);
  });

  it('describes itself', () => {
    expect(embedder.model).toEqual({
      id: 'all-MiniLM-L6-v2-int8',
      dimensions: 384,
      maxTokens: 256,
      languages: ['en'],
    });
  });

  it('gives the vectors of the 32-bit model: cosine at least 0.99 on average, 0.97 for each text', async () => {
    const vectors = await embedder.embedTexts(
      reference.map((row) => row.text),
      signal,
    );
    const cosines = vectors.map((vector, i) => dot(vector, Float32Array.from(reference[i]?.vector ?? [])));
    expect(cosines.length).toBeGreaterThanOrEqual(40);
    expect(cosines.reduce((sum, cosine) => sum + cosine, 0) / cosines.length).toBeGreaterThanOrEqual(0.99);
    expect(Math.min(...cosines)).toBeGreaterThanOrEqual(0.97);
  });

  it('gives a text the same vector as question and as stored text', async () => {
    const text = 'Where did I park the car last Tuesday?';
    const [stored] = await embedder.embedTexts([text], signal);
    expect([...(await embedder.embedQuery(text, signal))]).toEqual([...(stored ?? [])]);
  });

  it('places a question nearer to its answer than to something else', async () => {
    const [answer, other] = await embedder.embedTexts(
      ['I parked on level three of the station garage.', 'My sister bakes bread on Sundays.'],
      signal,
    );
    const question = await embedder.embedQuery('Where did I park?', signal);
    expect(dot(question, answer ?? new Float32Array())).toBeGreaterThan(
      dot(question, other ?? new Float32Array()) + 0.2,
    );
  });
});
