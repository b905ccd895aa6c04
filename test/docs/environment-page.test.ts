import { join } from 'node:path';
import { expect, test } from 'vitest';
import { environmentPage } from './environment-page.ts';

test('docs/environment.md says what the configuration reads; if not: npm run docs:environment', async () => {
  await expect(environmentPage()).toMatchFileSnapshot(join(import.meta.dirname, '../../docs/environment.md'));
});
