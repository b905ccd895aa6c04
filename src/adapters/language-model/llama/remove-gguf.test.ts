import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tinyLora } from '../../../../test/fakes/tiny-gguf.ts';
import { tinyModels } from '../../../../test/fakes/tiny-models.ts';
import { removeGguf } from './remove-gguf.ts';

const source = (modelFile: string) =>
  JSON.stringify({ id: 'owner/voice', revision: 'a', modelFile, languages: [], files: [] });

it('removes a pulled adapter with the folder it came in', async () => {
  using folders = tinyModels();
  const path = folders.write('voice/f16/voice.gguf', tinyLora());
  folders.write('voice/source.json', source('f16/voice.gguf'));
  await removeGguf(folders.modelsFolder, { name: 'voice', path });
  expect(existsSync(join(folders.modelsFolder, 'voice'))).toBe(false);
});

it('leaves what a person laid beside it', async () => {
  using folders = tinyModels();
  const path = folders.write('voice/voice.gguf', tinyLora());
  const note = folders.write('voice/README.md', 'mine');
  await removeGguf(folders.modelsFolder, { name: 'voice', path });
  expect(existsSync(path)).toBe(false);
  expect(readFileSync(note, 'utf8')).toBe('mine');
});

it('leaves a model that was pulled under the same name', async () => {
  using folders = tinyModels();
  const path = folders.write('adapters/voice.gguf', tinyLora());
  const model = folders.write('voice/model.gguf', 'a model');
  folders.write('voice/source.json', source('model.gguf'));
  await removeGguf(folders.modelsFolder, { name: 'voice', path });
  expect(existsSync(path)).toBe(false);
  expect(existsSync(model)).toBe(true);
});
