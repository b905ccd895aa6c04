import { expect, test } from 'vitest';
import { bench } from '../../../test/fakes/cli-bench.ts';
import { fakeHost } from '../../../test/fakes/cli-host.ts';
import { aDocument, aStatus } from '../../../test/fakes/wire-views.ts';
import { AppError } from '../../core/errors.ts';
import { runCli } from './run-cli.ts';

const COMMANDS = [
  ['start'],
  ['stop'],
  ['status'],
  ['ingest'],
  ['import'],
  ['migrate-from-postgres'],
  ['costs'],
  ['costs', 'estimate'],
  ['ask'],
  ['recall'],
  ['open'],
  ['rebuild'],
  ['doctor'],
  ['documents'],
  ['documents', 'list'],
  ['documents', 'show'],
  ['documents', 'delete'],
  ['documents', 'retry'],
  ['documents', 'original'],
  ['sessions'],
  ['sessions', 'list'],
  ['sessions', 'new'],
  ['sessions', 'show'],
  ['sessions', 'rename'],
  ['sessions', 'search'],
  ['sessions', 'export'],
  ['sessions', 'delete'],
  ['sessions', 'delete-message'],
  ['jobs'],
  ['jobs', 'list'],
  ['jobs', 'show'],
  ['jobs', 'log'],
  ['jobs', 'cancel'],
  ['jobs', 'retry'],
  ['jobs', 'pause'],
  ['jobs', 'resume'],
  ['jobs', 'queues'],
  ['jobs', 'watch'],
  ['models'],
  ['models', 'list'],
  ['models', 'pull'],
  ['models', 'use'],
  ['config'],
  ['config', 'list'],
  ['config', 'get'],
  ['config', 'set'],
  ['demo'],
];

test.each(COMMANDS)('the help of `%s %s` has examples and calls nothing', async (...command) => {
  await using cli = await bench();
  const ran = await cli.run([...command.filter((word) => word !== undefined), '--help']);
  expect(ran.code).toBe(0);
  expect(ran.out).toMatch(/Examples:\n {2}\$ jiwa /);
  expect(ran.out).toContain('--json');
  expect(cli.api.calls).toEqual([]);
});

test.each([['ask'], ['ingest']])(
  'the help of `%s` flows: no line ends while its next word would fit',
  async (name) => {
    await using cli = await bench();
    const { out } = await cli.run([name, '--help']);
    const lines = (out.split('\n\nOptions:')[0] ?? '').split('\n');
    const short = lines.filter((line, at) => {
      const [word] = (lines[at + 1] ?? '').split(' ');
      return line !== '' && word !== undefined && word !== '' && `${line} ${word}`.length < 100;
    });
    expect(short).toEqual([]);
  },
);

test.each([[[]], [['ask']], [['documents', 'list']]])(
  '--version is printed everywhere: %j',
  async (command) => {
    await using cli = await bench();
    const ran = await cli.run([...command, '--version']);
    expect([ran.code, ran.out]).toEqual([0, '1.2.3\n']);
  },
);

test('--version is JSON in JSON mode', async () => {
  await using cli = await bench();
  expect(JSON.parse((await cli.run(['--version', '--json'])).out)).toEqual({ version: '1.2.3' });
});

test('the help lists the exit codes', async () => {
  await using cli = await bench();
  const ran = await cli.run(['--help']);
  expect(ran.out).toMatch(/Exit codes:\n {2}0 {4}done/);
});

test.each([
  [['frobnicate'], /unknown command 'frobnicate'/],
  [['status', '--loud'], /unknown option '--loud'/],
  [['recall'], /missing required argument/],
  [['recall', 'x', '--limit', '0'], /whole number from 1 to 100/],
  [['recall', 'x', '--kind', 'letter'], /Expected one of chunk/],
  [['ask', 'x', '--from', 'yesterday'], /Expected a year, month or day/],
])('a wrong command line ends with 2 and says why: %j', async (argv, why) => {
  await using cli = await bench();
  const ran = await cli.run(argv);
  expect(ran.code).toBe(2);
  expect(ran.err).toMatch(why);
  expect(ran.out).toBe('');
});

test('a wrong command line is told as JSON in JSON mode', async () => {
  await using cli = await bench();
  const ran = await cli.run(['recall', '--json']);
  expect(JSON.parse(ran.out)).toMatchObject({ error: { code: 'invalid-input' } });
});

test('what the API says is missing ends with 3 and its own sentence', async () => {
  await using cli = await bench({
    getDocument: () => {
      throw new AppError('not-found', 'There is no such document.');
    },
  });
  const ran = await cli.run(['documents', 'show', aDocument().id]);
  expect([ran.code, ran.out, ran.err]).toEqual([3, '', 'There is no such document.\n']);
});

test('a failure in JSON mode is one JSON value with its code and details', async () => {
  await using cli = await bench({
    status: () => {
      throw new AppError('storage-full', 'The disk is full.', { details: { freeMb: 3 } });
    },
  });
  const ran = await cli.run(['status', '--json']);
  expect(ran.code).toBe(1);
  expect(JSON.parse(ran.out)).toEqual({
    error: { code: 'storage-full', message: 'The disk is full.', details: { freeMb: 3 } },
  });
});

test('what no log of ours has is told in full: why the app could not be opened', async () => {
  await using cli = await bench();
  const cause = new Error('SQLite 1: no such column');
  const openApp = () => Promise.reject(new AppError('internal', 'A statement was refused.', { cause }));
  const ran = await cli.run(['status'], { opened: true, host: { openApp } });
  expect([ran.code, ran.err]).toEqual([1, 'A statement was refused. (SQLite 1: no such column)\n']);
});

test('a server that is gone is told with its address', async () => {
  await using cli = await bench();
  await using other = await bench();
  await other.api.close();
  const ran = await cli.run(['status'], { api: other.api });
  expect(ran.code).toBe(1);
  expect(ran.err).toContain(other.api.url);
});

test('without a server the app is opened, and closed whatever happens', async () => {
  await using cli = await bench({ status: () => aStatus() });
  const good = await cli.run(['status'], { opened: true });
  expect(good.fake.life).toEqual(['opened', 'closed']);
  const bad = await cli.run(['doctor'], { opened: true });
  expect(bad.code).toBe(1);
  expect(bad.fake.life).toEqual(['opened', 'closed']);
});

test('with a server no app is opened', async () => {
  await using cli = await bench({ status: () => aStatus() });
  expect((await cli.run(['status'])).fake.life).toEqual([]);
});

test('no listener is left on the signals', async () => {
  await using cli = await bench({ status: () => aStatus() });
  const { fake } = await cli.run(['status']);
  expect(fake.signals.eventNames()).toEqual([]);
});

test('colours are only where the terminal has them', async () => {
  await using cli = await bench({ status: () => aStatus() });
  expect((await cli.run(['status'])).out).not.toContain('\u001b[');
  expect((await cli.run(['status'], { terminal: true })).out).toContain('\u001b[');
});

test('one Ctrl-C that comes twice cancels, a later one ends the process', async () => {
  await using cli = await bench();
  const fake = fakeHost({ dataFolder: cli.folder, api: cli.api });
  let timeMs = 0;
  const opening = Promise.withResolvers<undefined>();
  const running = runCli(['status'], { ...fake.host, now: () => timeMs, findServer: () => opening.promise });
  fake.signals.emit('SIGINT');
  fake.signals.emit('SIGINT');
  expect(fake.killed).toEqual([]);
  timeMs = 600;
  fake.signals.emit('SIGINT');
  expect(fake.killed).toEqual([{ pid: process.pid, signal: 'SIGINT' }]);
  opening.resolve(undefined);
  expect(await running).toBe(130);
});
