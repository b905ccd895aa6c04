import { expect, it } from 'vitest';
import { tinyGguf, tinyLora } from '../../../../test/fakes/tiny-gguf.ts';
import { tinyModels } from '../../../../test/fakes/tiny-models.ts';
import { installedGguf } from './installed-gguf.ts';
import { findLocal, localNames } from './local-names.ts';

async function installed(files: Readonly<Record<string, Buffer | string>>) {
  using folders = tinyModels();
  for (const [name, content] of Object.entries(files)) folders.write(name, content);
  return await installedGguf(folders.modelsFolder);
}

it('names every model alone and with each adapter that fits, and says why others are not used', async () => {
  const names = localNames(
    await installed({
      'llama.gguf': tinyGguf({ architecture: 'llama' }),
      'broken.gguf': 'nothing',
      'adapters/voice.gguf': tinyLora(),
      'adapters/calm.gguf': tinyLora(1, 'llama'),
      'adapters/wide.gguf': tinyLora(1, 'qwen2', 96),
      'adapters/odd.gguf': tinyLora(1, 'gemma'),
      'adapters/a+b.gguf': tinyLora(),
    }),
  );
  expect(names.flatMap((one) => (one.kind === 'ready' ? one.name : []))).toEqual([
    'llama',
    'llama+calm',
    'tiny',
    'tiny+voice',
  ]);
  expect(
    names.flatMap((one) => (one.kind === 'broken' ? [[one.name, one.isAdapter, one.reason]] : [])),
  ).toEqual([
    ['broken', false, expect.stringContaining('no whole GGUF')],
    ['a+b', true, expect.stringContaining('rename')],
    ['odd', true, expect.stringContaining('kind gemma: none')],
    ['wide', true, expect.stringContaining('kind qwen2 of its size: none')],
  ]);
});

it('reads a name as the longest model, then adapters in order', async () => {
  const found = await installed({
    'tiny+q8.gguf': tinyGguf(),
    'adapters/one.gguf': tinyLora(1),
    'adapters/two.gguf': tinyLora(2),
  });
  const read = (name: string) => {
    const { model, adapters } = findLocal(name, found);
    return [model.name, ...adapters.map((one) => one.name)];
  };
  expect(read('tiny')).toEqual(['tiny']);
  expect(read('tiny+two+one')).toEqual(['tiny', 'two', 'one']);
  expect(read('tiny+q8')).toEqual(['tiny+q8']);
  expect(read('tiny+q8+one')).toEqual(['tiny+q8', 'one']);
});

it.each([
  ['tiny+', 'not-found'],
  ['+voice', 'not-found'],
  ['tinyvoice', 'not-found'],
  ['tiny+voice+voice', 'invalid-input'],
])('refuses %s', async (name, code) => {
  const found = await installed({ 'adapters/voice.gguf': tinyLora() });
  expect(() => findLocal(name, found)).toThrow(expect.objectContaining({ code }));
});
