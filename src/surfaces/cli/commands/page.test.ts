import { expect, test } from 'vitest';
import { bench } from '../../../../test/fakes/cli-bench.ts';

const script = { makeSignInLink: () => ({ secret: 'jiwa_link_x', expiresAt: 2 }) };

test('page prints a link that signs in, and as JSON when it lives', async () => {
  await using cli = await bench(script);
  const link = `${cli.api.url}/#in=jiwa_link_x`;
  expect((await cli.run(['page'])).out).toContain(`${link}\n`);
  expect(JSON.parse((await cli.run(['page', '--json'])).out)).toEqual({ link, expiresAt: 2 });
});

test('page opens the link on a desktop, and says so where there is none', async () => {
  await using cli = await bench(script);
  const opened: string[] = [];
  const desktop = async (address: string) => opened.push(address) > 0;
  expect((await cli.run(['page', '--open'], { host: { openInBrowser: desktop } })).err).toBe('');
  expect(opened).toEqual([`${cli.api.url}/#in=jiwa_link_x`]);
  const none = await cli.run(['page', '--open'], { host: { openInBrowser: async () => false } });
  expect(none.err).toContain('no desktop');
});

test('page needs a server that goes on, and says how to start it', async () => {
  await using cli = await bench(script);
  const ran = await cli.run(['page'], { opened: true });
  expect([ran.code, ran.fake.life]).toEqual([1, []]);
  expect(ran.err).toContain('jiwa start');
});
