import { expect, test } from 'vitest';
import { describeEnvironment } from '../../src/config/describe-environment.ts';
import { deployFiles, textOf } from './deploy-files.ts';

/** Read by OpenTelemetry's library itself. */
const STANDARD = ['OTEL_TRACES_SAMPLER', 'OTEL_TRACES_SAMPLER_ARG'];
const KNOWN = new Set([...describeEnvironment({}).map(({ name }) => name), ...STANDARD]);

test('every variable that deploy/ and its page name is one that Jiwa reads', async () => {
  const files = [...(await deployFiles()), 'docs/deploy.md'];
  const named = await Promise.all(
    files.map(async (file) =>
      [...(await textOf(file)).matchAll(/\b(?:JIWA|OTEL)_[A-Z\d]+(?:_[A-Z\d]+)*\b/g)].map(([name]) => ({
        file,
        name,
      })),
    ),
  );
  expect(named.flat().length).toBeGreaterThan(30);
  expect(named.flat().filter(({ name }) => !KNOWN.has(name))).toEqual([]);
});
