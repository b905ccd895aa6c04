import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bench } from '../../../../test/fakes/cli-bench.ts';
import { aCitation, aPlace, told, testId } from '../../../../test/fakes/wire-views.ts';

const script = { openCitation: () => aCitation(), getOriginal: () => Buffer.from('%PDF original') };

test('a whole id is opened in what stands round it, marked where there are no colours', async () => {
  await using cli = await bench(script);
  const ran = await cli.run(['open', testId('c1').toUpperCase()]);
  expect(ran.code).toBe(0);
  expect(ran.out).toContain('lease.pdf, page 2');
  expect(ran.out).toContain('begins on 1 April 2025.\n> It ends on 31 March 2028.\nIt is renewed');
});

test('on a terminal the passage is highlighted instead', async () => {
  await using cli = await bench(script);
  const { out } = await cli.run(['open', testId('c1')], { terminal: true });
  expect(out).toContain('\u001b[33mIt ends on 31 March 2028.');
  expect(out).not.toContain('> It ends');
});

test.each(['1', '[1]'])('the number %s of the last answer is opened', async (number) => {
  await using cli = await bench({ ...script, askStream: () => told() });
  await cli.run(['ask', 'x']);
  await cli.run(['open', number]);
  expect(cli.api.to('openCitation')).toEqual([{ params: { id: testId('c1') } }]);
});

test('a number that the last answer did not have ends with 3 and names those it had', async () => {
  await using cli = await bench({ ...script, askStream: () => told() });
  await cli.run(['ask', 'x']);
  const ran = await cli.run(['open', '7']);
  expect([ran.code, ran.err]).toEqual([3, 'The last answer has no citation 7, only 1.\n']);
});

test('a number before anything was asked ends with 3, also where the kept file is damaged', async () => {
  await using cli = await bench(script);
  expect((await cli.run(['open', '1'])).code).toBe(3);
  await writeFile(join(cli.folder, 'last-answer.json'), '{"citations": {"1": "../etc"}}');
  expect((await cli.run(['open', '1'])).code).toBe(3);
  expect(cli.api.calls).toEqual([]);
});

test('the beginning of an id is not enough for a citation', async () => {
  await using cli = await bench(script);
  const ran = await cli.run(['open', 'c1000000']);
  expect(ran.code).toBe(2);
  expect(ran.err).toContain('Expected a citation id');
});

test('--original saves the whole document and never writes over a file', async () => {
  await using cli = await bench(script);
  const target = join(cli.folder, 'copy.pdf');
  expect((await cli.run(['open', testId('c1'), '--original', target])).code).toBe(0);
  expect(await readFile(target, 'utf8')).toBe('%PDF original');
  const again = await cli.run(['open', testId('c1'), '--original', target]);
  expect(again.code).toBe(1);
  expect(again.err).toContain('is there already');
});

test('--original of a conversation says that there is no file', async () => {
  const place = aPlace({ kind: 'conversation', documentId: undefined, name: 'Boat trip' });
  await using cli = await bench({ openCitation: () => aCitation({ place }) });
  const ran = await cli.run(['open', testId('c1'), '--original', join(cli.folder, 'x')]);
  expect(ran.code).toBe(1);
  expect(ran.err).toContain('‘Boat trip’, which has no file');
});
