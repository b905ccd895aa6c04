import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { bench } from '../../../../test/fakes/cli-bench.ts';
import type { Script } from '../../../../test/fakes/api-server.ts';
import { aCitation, aDocument, aJob, aStatus, anAnswer, testId } from '../../../../test/fakes/wire-views.ts';

const report = { format: 'json-lines', sessions: 5, imported: 54, known: 0, skipped: [] };
const script = (): Script => ({
  uploadDocument: (_, { filename }) => ({
    document: aDocument({ id: testId(Buffer.from(filename).toString('hex')), filename }),
    outcome: 'accepted',
  }),
  listSources: () => ({ items: [] }),
  getDocument: ({ params: { id } }) => aDocument({ id }),
  importHistory: () => ({ importId: testId('1'), jobId: aJob().id, outcome: 'accepted' }),
  getJob: () => aJob({ result: report }),
  status: () => aStatus(),
  ask: () => anAnswer(),
  openCitation: () => aCitation(),
});
const options = { opened: true, host: { demoFolder: resolve('demo') } };

test('the demo takes in the sample, answers three questions with citations and opens one', async () => {
  await using cli = await bench(script());
  const ran = await cli.run(['demo'], options);
  expect(ran.code).toBe(0);
  expect(ran.err).toMatch(/Took in 13 documents \(52 passages\) and 54 messages of 5 conversations/);
  expect(ran.out.match(/^\? /gm)).toHaveLength(3);
  expect(ran.out.match(/^\[1\] lease\.pdf/gm)).toHaveLength(3);
  expect(ran.out).toContain('> It ends on 31 March 2028.');
});

test('the memory of the demo is thrown away unless it is kept', async () => {
  await using cli = await bench(script());
  const thrown = await cli.run(['demo'], options);
  const folder = /over (\S+)/.exec(thrown.fake.life[0] ?? '')?.[1] ?? '';
  await expect(stat(folder)).rejects.toThrow('ENOENT');
  const kept = await cli.run(['demo', '--keep', cli.folder], options);
  expect(kept.fake.life[0]).toBe(`opened over ${cli.folder}`);
  expect((await stat(join(cli.folder, 'last-answer.json'))).isFile()).toBe(true);
});

test('the demo fails where a question finds nothing', async () => {
  const nothing = anAnswer({ kind: 'nothing-found', text: 'Nothing.', citations: [] });
  await using cli = await bench({ ...script(), ask: () => nothing });
  expect((await cli.run(['demo'], options)).code).toBe(1);
});
