import { expect, test } from 'vitest';
import { AppError } from '../../../core/errors.ts';
import { bench } from '../../../../test/fakes/cli-bench.ts';
import { aJob, aStatus, allWell } from '../../../../test/fakes/wire-views.ts';

const setting = { key: 'language', value: 'en', locked: false, description: 'Language of answers.' };
const remote = ['models', 'use', 'http://127.0.0.1:9/v1', '--model', 'm', '--dimensions', '768'];

test('the status tells what memory holds, for people and as JSON', async () => {
  await using cli = await bench({ status: () => aStatus() });
  const { out } = await cli.run(['status']);
  expect(out).toContain(cli.api.url);
  expect(out).toMatch(/documents +3 ready, 1 failed/);
  expect(out).toMatch(/vectors +10 of 40 \(25 %\) by text@minilm/);
  expect(JSON.parse((await cli.run(['status', '--json'])).out)).toEqual({
    ...aStatus(),
    url: cli.api.url,
    parts: allWell().parts,
  });
});

const limping = allWell({
  ledger: { state: 'ok' },
  embedder: { state: 'degraded', note: 'No answer. Memory is searched by words only.' },
});

test.each(['status', 'doctor'])('%s names a part that is degraded, and what still works', async (command) => {
  const script = { status: () => aStatus(), doctor: () => ({ ok: true, checks: [] }) };
  await using cli = await bench({ ready: () => limping, ...script });
  const ran = await cli.run([command]);
  expect(ran.code).toBe(0);
  expect(ran.out).toContain('degraded  embedder: No answer. Memory is searched by words only.');
  expect(ran.out).not.toContain('ledger');
});

test.each(['status', 'doctor'])(
  '%s ends with 1 and names the part without which nothing works',
  async (command) => {
    const parts = { ledger: { state: 'down', note: 'No answer within 1.5 s. Nobody can be served.' } };
    const ready = () => {
      throw new AppError('unavailable', 'Not ready: ledger.', { details: { parts } });
    };
    await using cli = await bench({ ready });
    const ran = await cli.run([command]);
    expect(ran.code).toBe(1);
    expect(ran.out).toContain('DOWN  ledger: No answer within 1.5 s.');
    expect(JSON.parse((await cli.run([command, '--json'])).out)).toMatchObject({ parts });
  },
);

test('without a server the status says that none runs', async () => {
  await using cli = await bench({ status: () => aStatus() });
  expect((await cli.run(['status'], { opened: true })).out).toContain('none runs');
});

test('the doctor ends with 1 and says what to do where something is wrong', async () => {
  const checks = [
    { name: 'objects', ok: true, found: 'all there' },
    { name: 'vectors', ok: false, found: '3 missing', advice: 'Run: jiwa rebuild' },
  ];
  await using cli = await bench({ doctor: () => ({ ok: false, checks }) });
  const ran = await cli.run(['doctor']);
  expect(ran.code).toBe(1);
  expect(ran.out).toContain('FAIL  vectors: 3 missing\n      Run: jiwa rebuild');
});

test('a rebuild is followed to its end, or only begun', async () => {
  const job = aJob({ kind: 'rebuild' });
  await using cli = await bench({ rebuild: () => ({ jobId: job.id }), getJob: () => job });
  expect((await cli.run(['rebuild'])).out).toMatch(/status +done/);
  expect((await cli.run(['rebuild', '--no-wait'])).out).toContain(`jiwa jobs show ${job.id}`);
  expect(cli.api.to('getJob')).toHaveLength(1);
});

test('what `models use` is given decides the kind of embedder', async () => {
  const job = aJob();
  await using cli = await bench({ useEmbedder: () => ({ jobId: job.id }), getJob: () => job });
  await cli.run(['models', 'use', 'bundled']);
  await cli.run(['models', 'use', 'owner/name']);
  await cli.run([...remote, '--api-key-env', 'MY_API_KEY']);
  expect(cli.api.to('useEmbedder').map(({ body }) => body)).toEqual([
    { kind: 'bundled' },
    { kind: 'folder', name: 'owner/name' },
    {
      kind: 'remote',
      baseUrl: 'http://127.0.0.1:9/v1',
      model: 'm',
      dimensions: 768,
      maxTokens: 512,
      apiKeyEnv: 'MY_API_KEY',
    },
  ]);
});

test('a remote embedder without its dimensions ends with 2 before anything is called', async () => {
  await using cli = await bench();
  const ran = await cli.run(remote.slice(0, 5));
  expect(ran.code).toBe(2);
  expect(ran.err).toContain('needs --model and --dimensions');
  expect(cli.api.calls).toEqual([]);
});

test('models are listed with their state and vectors', async () => {
  const embedders = [
    {
      id: 'minilm',
      dimensions: 384,
      languages: ['en'],
      source: 'bundled',
      state: 'active' as const,
      vectors: 3,
      of: 4,
    },
  ];
  const local = [
    { name: 'tiny', architecture: 'qwen2', sizeBytes: 398_000_000, contextTokens: 32_768 },
    { name: 'half', fault: 'Its last tensors are missing.' },
  ];
  await using cli = await bench({ listModels: () => ({ embedders, local, providers: [], roles: [] }) });
  const { out } = await cli.run(['models']);
  expect(out).toMatch(/minilm +active +3 of 4 +384 +en +bundled/);
  expect(out).toMatch(/tiny +0\.40 GB +32768 +qwen2/);
  expect(out).toMatch(/half +Its last tensors are missing\./);
});

test('the configuration shows settings and the environment', async () => {
  await using cli = await bench({ listSettings: () => ({ settings: [setting] }) });
  const { out } = await cli.run(['config']);
  expect(out).toMatch(/language +en/);
  expect(out).toMatch(/JIWA_PORT +7411 +default +Port to listen on\./);
});

test('one setting or variable is shown by its name, an unknown one ends with 3', async () => {
  await using cli = await bench({ listSettings: () => ({ settings: [setting] }) });
  expect((await cli.run(['config', 'get', 'language'])).out).toBe('en\n');
  expect((await cli.run(['config', 'get', 'JIWA_PORT'])).out).toBe('7411\n');
  expect((await cli.run(['config', 'get', 'nonsense'])).code).toBe(3);
});

test('a setting is set as JSON where it is JSON, else as the word', async () => {
  await using cli = await bench({ setSetting: ({ body }) => ({ ...setting, value: body.value }) });
  for (const value of ['12', 'true', 'it', '"12"']) await cli.run(['config', 'set', 'language', value]);
  expect(cli.api.to('setSetting').map(({ body }) => (body as { value: unknown }).value)).toEqual([
    12,
    true,
    'it',
    '12',
  ]);
});

test('a variable of the environment cannot be set here', async () => {
  await using cli = await bench();
  expect((await cli.run(['config', 'set', 'JIWA_PORT', '1'])).code).toBe(2);
});
