import { expect, test } from 'vitest';
import { bench } from '../../../../test/fakes/cli-bench.ts';
import { fakeHost } from '../../../../test/fakes/cli-host.ts';
import { runCli } from '../run-cli.ts';

/** Signals that come as soon as somebody listens: a person who presses Ctrl-C at once. */
const interrupted = {
  on: (name: string, listener: () => void) => {
    if (name === 'SIGTERM') setImmediate(listener);
  },
  off: () => {},
  kill: () => {},
};

test('start serves on the configured port until it is told to stop, then closes and ends with 0', async () => {
  await using cli = await bench();
  const ran = await cli.run(['start'], { opened: true, host: { signals: interrupted } });
  expect(ran.code).toBe(0);
  expect(ran.fake.life).toEqual(['opened on 7411', 'closed']);
  expect(ran.out).toContain(`serves at ${cli.api.url}`);
  expect(ran.out).toContain(`${cli.folder}/token`);
});

test('start takes another port', async () => {
  await using cli = await bench();
  const ran = await cli.run(['start', '--port', '7070', '--json'], {
    opened: true,
    host: { signals: interrupted },
  });
  expect(ran.fake.life[0]).toBe('opened on 7070');
  expect(JSON.parse(ran.out)).toMatchObject({ url: cli.api.url, pid: 4242 });
});

test('start shows a link to the page at a terminal only, where no log keeps it', async () => {
  await using cli = await bench({ makeSignInLink: () => ({ secret: 'jiwa_link_x', expiresAt: 2 }) });
  const options = { opened: true, host: { signals: interrupted } };
  const seen = await cli.run(['start'], { ...options, terminal: true });
  expect(seen.out).toContain(`${cli.api.url}/#in=jiwa_link_x`);
  const logged = await cli.run(['start'], options);
  expect(logged.out).not.toContain('jiwa_link_x');
  expect(cli.api.to('makeSignInLink')).toHaveLength(1);
});

test('start refuses where a server runs, naming it', async () => {
  await using cli = await bench();
  const ran = await cli.run(['start']);
  expect(ran.code).toBe(1);
  expect(ran.err).toContain(`Jiwa runs already at ${cli.api.url} (process 4242)`);
  expect(ran.fake.life).toEqual([]);
});

test('stop asks the process to end and waits until it is gone', async () => {
  await using cli = await bench();
  const fake = fakeHost({ dataFolder: cli.folder, api: cli.api });
  let looks = 0;
  const findServer = async () => (++looks > 3 ? undefined : { url: cli.api.url, token: 't', pid: 4242 });
  expect(await runCli(['stop'], { ...fake.host, findServer })).toBe(0);
  expect(fake.killed).toEqual([{ pid: 4242, signal: 'SIGTERM' }]);
  expect([looks, fake.out()]).toEqual([4, 'Jiwa has stopped.\n']);
});

test('stop gives up after thirty seconds and says how to end it', async () => {
  await using cli = await bench();
  const waits: number[] = [];
  const pause = async (ms: number) => void waits.push(ms);
  const ran = await cli.run(['stop'], { host: { pause } });
  expect(ran.code).toBe(1);
  expect(ran.err).toContain('kill -9 4242');
  expect(waits.reduce((sum, ms) => sum + ms, 0)).toBe(30_000);
});

test('stop without a server is no failure', async () => {
  await using cli = await bench();
  const ran = await cli.run(['stop'], { opened: true });
  expect(ran.code).toBe(0);
  expect(ran.out).toContain('is not running');
});
