import { expect, test } from 'vitest';
import { moduleFile } from './module-file.ts';

test.each([
  ['read-child', 'file:///jiwa/src/adapters/x/a.ts', 'file:///jiwa/src/adapters/x/read-child.ts'],
  ['../thread', 'file:///jiwa/dist/app/a.js', 'file:///jiwa/dist/thread.js'],
])('%s of %s is %s', (name, importer, file) => {
  expect(moduleFile(name, importer).href).toBe(file);
});
