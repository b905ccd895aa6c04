import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tinyGguf, tinyLora } from '../../../../test/fakes/tiny-gguf.ts';
import { tinyModels } from '../../../../test/fakes/tiny-models.ts';
import { installedGguf } from './installed-gguf.ts';

it('lists models and adapters by file or folder, parts once, and broken ones with the reason', async () => {
  using folders = tinyModels();
  const model = tinyGguf();
  folders.write('owner--name-q8/name-q8.gguf', model);
  folders.write('parts/Q4_0/big-00001-of-00002.gguf', model);
  folders.write('parts/Q4_0/big-00002-of-00002.gguf', model);
  folders.write('pair/one.gguf', model);
  folders.write('pair/two.gguf', model);
  folders.write('adapters/voice.gguf', tinyLora());
  folders.write('broken.gguf', 'nothing');
  folders.write('.pulling/half/half.gguf', 'half');
  folders.write('encoder/model.onnx', 'another kind');
  const found = await installedGguf(folders.modelsFolder);
  expect(found.map((one) => `${one.name} ${one.kind === 'ready' ? one.header.kind : 'broken'}`)).toEqual([
    'broken broken',
    'one model',
    'owner--name-q8 model',
    'parts model',
    'tiny model',
    'two model',
    'voice adapter',
  ]);
  expect(found[3]?.path).toBe(join(folders.modelsFolder, 'parts', 'Q4_0', 'big-00001-of-00002.gguf'));
  expect(await installedGguf(join(folders.modelsFolder, 'nowhere'))).toEqual([]);
});
