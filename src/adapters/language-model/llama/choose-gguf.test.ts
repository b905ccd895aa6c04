import { describe, expect, it } from 'vitest';
import { chooseGguf } from './choose-gguf.ts';

const file = (path: string, sizeBytes = 500_000_000) => ({ path, sizeBytes, oid: 'a', large: true });
const REPOSITORY = [
  file('README.md', 10),
  file('model-q2_k.gguf'),
  file('model-q4_k_m.gguf', 398_000_000),
  file('model-iq4_k_m.gguf'),
  file('model-q8_0.gguf'),
  file('Q5_K_M/model-Q5_K_M-00002-of-00002.gguf'),
  file('Q5_K_M/model-Q5_K_M-00001-of-00002.gguf'),
  file('mmproj-model-f16.gguf'),
];
const without = (part: string) => REPOSITORY.filter(({ path }) => !path.includes(part));

describe('chooseGguf', () => {
  it('prefers Q4_K_M, then Q8_0', () => {
    expect(chooseGguf(REPOSITORY).modelFile).toBe('model-q4_k_m.gguf');
    expect(chooseGguf(without('q4_k_m')).modelFile).toBe('model-q8_0.gguf');
  });

  it('takes the only one, whatever it is', () => {
    expect(chooseGguf([file('odd.gguf'), file('mmproj.gguf')]).modelFile).toBe('odd.gguf');
  });

  it('takes what is wished, by file or quantisation, with all its parts in order', () => {
    expect(chooseGguf(REPOSITORY, 'model-q2_k.gguf').stem).toBe('model-q2_k');
    expect(chooseGguf(REPOSITORY, 'Q5_K_M')).toMatchObject({
      stem: 'model-Q5_K_M',
      modelFile: 'Q5_K_M/model-Q5_K_M-00001-of-00002.gguf',
      files: [{ path: /00001/ }, { path: /00002/ }].map(({ path }) => ({
        path: expect.stringMatching(path),
      })),
    });
  });

  it('takes an adapter where it is named, or where there is nothing else', () => {
    const both = [file('model-q4_k_m.gguf'), file('model-lora-f16.gguf')];
    expect(chooseGguf(both).modelFile).toBe('model-q4_k_m.gguf');
    expect(chooseGguf(both, 'model-lora-f16.gguf').stem).toBe('model-lora-f16');
    expect(chooseGguf([file('README.md'), file('adapter.gguf')]).stem).toBe('adapter');
  });

  it.each([
    ['no quantisation is preferred', [file('a.gguf'), file('b.gguf', 1_500_000_000)], undefined],
    ['nothing is like it', [file('a.gguf'), file('b.gguf', 1_500_000_000)], 'Q6_K'],
  ])('lists the choices where %s', (_, files, wish) => {
    expect(() => chooseGguf(files, wish)).toThrow(
      expect.objectContaining({
        code: 'invalid-input',
        message: expect.stringContaining('a.gguf (0.50 GB), b.gguf (1.50 GB)'),
      }),
    );
  });

  it('says that there is no GGUF model', () => {
    expect(() => chooseGguf([file('model.safetensors')])).toThrow(
      expect.objectContaining({ code: 'unsupported' }),
    );
  });
});
