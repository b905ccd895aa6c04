import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TINY_TEMPLATE, tinyGguf, tinyLora } from '../../../../test/fakes/tiny-gguf.ts';
import { tinyModels } from '../../../../test/fakes/tiny-models.ts';
import { AppError } from '../../../core/errors.ts';
import { readGgufHeader } from './gguf-header.ts';

describe('readGgufHeader', () => {
  const whole = tinyGguf();

  it('reads what a model says of itself', async () => {
    using folders = tinyModels();
    expect(await readGgufHeader(folders.write('a.gguf', whole))).toEqual({
      kind: 'model',
      architecture: 'qwen2',
      name: 'Tiny 1',
      contextTokens: 32_768,
      chatTemplate: TINY_TEMPLATE,
      sizeBytes: whole.length,
      shapes: expect.any(Map),
    });
  });

  it('tells an adapter from a model', async () => {
    using folders = tinyModels();
    expect(await readGgufHeader(folders.write('b.gguf', tinyLora()))).toMatchObject({ kind: 'adapter' });
  });

  it('reads the lengths of each tensor', async () => {
    using folders = tinyModels();
    const { shapes } = await readGgufHeader(folders.write('h.gguf', whole));
    expect(shapes.get('blk.1.ffn_down.weight')).toEqual([128, 64]);
    expect(shapes.get('output_norm.weight')).toEqual([64]);
  });

  it('reads a header of many megabytes', async () => {
    using folders = tinyModels();
    const chatTemplate = 'x'.repeat(3_000_000);
    const header = await readGgufHeader(folders.write('c.gguf', tinyGguf({ chatTemplate })));
    expect(header.chatTemplate).toHaveLength(3_000_000);
  });

  it('refuses every file that is cut off', async () => {
    using folders = tinyModels();
    const cut = async (length: number) => readGgufHeader(folders.write('d.gguf', whole.subarray(0, length)));
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length - 1 }), async (length) => {
        await expect(cut(length)).rejects.toMatchObject({ code: 'unreadable' });
      }),
      { numRuns: 50 },
    );
  });

  it('refuses other files and other versions', async () => {
    using folders = tinyModels();
    const version = Buffer.from(whole);
    version.writeUInt32LE(4, 4);
    await expect(readGgufHeader(folders.write('e', 'No model at all'))).rejects.toMatchObject({
      code: 'unreadable',
    });
    await expect(readGgufHeader(folders.write('f', version))).rejects.toMatchObject({ code: 'unsupported' });
    await expect(readGgufHeader('nowhere.gguf')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('never fails in another way, whatever bytes are wrong', async () => {
    using folders = tinyModels();
    const wrong = fc.record({
      at: fc.integer({ min: 0, max: 8_000 }),
      byte: fc.integer({ min: 0, max: 255 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(wrong, { minLength: 1, maxLength: 5 }), async (changes) => {
        const bytes = Buffer.from(whole);
        for (const { at, byte } of changes) bytes[at] = byte;
        const path = folders.write('g.gguf', bytes);
        const failure = await readGgufHeader(path).then(
          () => new AppError('unreadable', 'None: what was changed is not checked.'),
          (error: unknown) => error,
        );
        expect(failure).toBeInstanceOf(AppError);
      }),
      { numRuns: 100 },
    );
  });
});
