import { expect, test } from 'vitest';
import { fakeHost } from '../../../test/fakes/cli-host.ts';
import { makeCli } from './cli.ts';
import { withProgress } from './progress.ts';

function shown(terminal: boolean) {
  const fake = fakeHost({ dataFolder: '/nowhere', terminal, columns: 70 });
  const host = { ...fake.host, stderr: Object.assign(fake.host.stderr, { isTTY: terminal }) };
  return {
    fake,
    cli: makeCli({ host, json: false, space: undefined, signal: new AbortController().signal }),
  };
}

test('on a terminal a bar is drawn on the error output and taken off at the end', async () => {
  const { fake, cli } = shown(true);
  await withProgress(cli, 'Reading', async (progress) => progress.set(1, 2, '1 of 2 files'));
  expect(fake.out()).toBe('');
  expect(fake.err()).toContain('Reading ████████████░░░░░░░░░░░░  50 %  1 of 2 files');
  const afterBar = fake.err().slice(fake.err().lastIndexOf('█'));
  expect(afterBar).toContain('\u001b[2K');
});

test('the bar is taken off when the work fails, and the failure is passed on', async () => {
  const { fake, cli } = shown(true);
  const failing = withProgress(cli, 'Reading', async () => Promise.reject(new Error('broken')));
  await expect(failing).rejects.toThrow('broken');
  // The cursor was hidden for the bar and is shown again.
  expect(fake.err().lastIndexOf('\u001b[?25h')).toBeGreaterThan(fake.err().lastIndexOf('\u001b[?25l'));
});

test('without a terminal there is one line for each tenth', async () => {
  const { fake, cli } = shown(false);
  await withProgress(cli, 'Reading', async (progress) => {
    for (let i = 0; i <= 1000; i++) progress.set(i, 1000);
  });
  expect(fake.err().trim().split('\n')).toEqual(
    Array.from({ length: 11 }, (_, tenth) => `Reading ${tenth * 10} %`),
  );
});

test('while the total is not known no share is claimed', async () => {
  const { fake, cli } = shown(false);
  await withProgress(cli, 'Importing', async (progress) => {
    progress.set(5, undefined, '5 messages');
    progress.set(9, undefined, '9 messages');
  });
  expect(fake.err()).toBe('Importing  5 messages\n');
});
