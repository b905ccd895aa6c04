import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { filePersonas } from './personas.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jiwa-personas-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(name: string, text: string) {
  await mkdir(join(folder, 'personas'), { recursive: true });
  await writeFile(join(folder, 'personas', name), text);
}

it('has the shipped ones without a folder of its own', async () => {
  const personas = filePersonas(folder);
  expect(await personas.list()).toEqual(['default', 'plain']);
  expect(await personas.text(undefined)).toContain('You are Jiwa');
  expect(await personas.text('none')).toBeUndefined();
});

it('has those of the data folder, which come before shipped ones of the same name', async () => {
  await write('default.md', 'You are mine.');
  await write('pirate.md', 'Arr.');
  await write('Not a name.md', 'x');
  const personas = filePersonas(folder);
  expect(await personas.list()).toEqual(['default', 'pirate', 'plain']);
  expect(await personas.text('default')).toBe('You are mine.');
});

it('reads no file outside its folders', async () => {
  await writeFile(join(folder, 'secret.md'), 'secret');
  expect(await filePersonas(folder).text('../secret')).toBeUndefined();
});

it('sees a changed text at once', async () => {
  const personas = filePersonas(folder);
  await write('pirate.md', 'Arr.');
  await personas.text('pirate');
  await write('pirate.md', 'Ahoy.');
  expect(await personas.text('pirate')).toBe('Ahoy.');
});
