import { expect, test } from 'vitest';
import { dataFolderFrom } from './data-folder.ts';

test('the data folder is found before and after the command, in both spellings', () => {
  expect(dataFolderFrom(['--data', '/a', 'ask', 'hello'])).toBe('/a');
  expect(dataFolderFrom(['ask', 'hello', '--data=/b'])).toBe('/b');
});

test('the last data folder wins', () => {
  expect(dataFolderFrom(['--data', '/a', 'status', '--data', '/b'])).toBe('/b');
});

test('what follows a bare -- is no option', () => {
  expect(dataFolderFrom(['ask', '--', '--data', '/a'])).toBeUndefined();
});

test('no folder or an empty one is none', () => {
  expect(dataFolderFrom(['status'])).toBeUndefined();
  expect(dataFolderFrom(['status', '--data='])).toBeUndefined();
});
