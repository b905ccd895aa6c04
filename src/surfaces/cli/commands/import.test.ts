import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bench } from '../../../../test/fakes/cli-bench.ts';
import type { Script } from '../../../../test/fakes/api-server.ts';
import { aJob, testId } from '../../../../test/fakes/wire-views.ts';
import type { ImportReport } from '../../../wire/sessions.ts';

const REPORT: ImportReport = {
  format: 'json-lines',
  sessions: 2,
  imported: 53,
  known: 1,
  skipped: [{ reason: 'no text', count: 1, example: 'line 9: {}' }],
};

function importingApi(outcome: 'accepted' | 'known' = 'accepted', last = aJob({ result: REPORT })): Script {
  const states = [
    aJob({ status: 'queued', progress: { done: 0 } }),
    aJob({ status: 'running', progress: { done: 1, total: 2 } }),
  ];
  return {
    importHistory: () => ({ importId: testId('1'), jobId: last.id, outcome }),
    getJob: () => states.shift() ?? last,
  };
}

async function chatIn(folder: string): Promise<string> {
  const file = join(folder, 'chat.jsonl');
  await writeFile(file, '{}\n');
  return file;
}

test('the job is followed to its end and the report is told', async () => {
  await using cli = await bench(importingApi());
  const ran = await cli.run(['import', await chatIn(cli.folder)]);
  expect(ran.code).toBe(0);
  expect(ran.out).toContain('JSON lines: 53 new messages in 2 conversations, 1 message known before.');
  expect(ran.out).toContain('Skipped 1: no text, for example line 9: {}');
  expect(ran.err).toContain('Importing 50 %');
});

test('messages whose time could not be read are told with examples', async () => {
  const unreadTimes = { count: 5, examples: ['line 2: 31/31/2024', 'line 9'] };
  const report = { ...REPORT, unreadTimes };
  await using cli = await bench(importingApi('accepted', aJob({ result: report })));
  const { out } = await cli.run(['import', await chatIn(cli.folder)]);
  expect(out).toContain('Time not read of 5 messages, for example line 2: 31/31/2024; line 9.');
});

test('in JSON mode the report itself is the output', async () => {
  await using cli = await bench(importingApi());
  expect(JSON.parse((await cli.run(['import', await chatIn(cli.folder), '--json'])).out)).toEqual(REPORT);
});

test('a file imported before is told as such', async () => {
  await using cli = await bench(importingApi('known'));
  expect((await cli.run(['import', await chatIn(cli.folder)])).err).toContain('imported before');
});

test('a job that failed ends with its sentence and where to look', async () => {
  const dead = aJob({ status: 'dead', error: { code: 'unreadable', message: 'The zip is damaged.' } });
  await using cli = await bench(importingApi('accepted', dead));
  const ran = await cli.run(['import', await chatIn(cli.folder)]);
  expect(ran.code).toBe(1);
  expect(ran.err).toContain(`The zip is damaged. (jiwa jobs show ${dead.id})`);
});

test('a file that is not there ends with 3, a folder with 2', async () => {
  await using cli = await bench();
  expect((await cli.run(['import', '/no/such/file'])).code).toBe(3);
  expect((await cli.run(['import', cli.folder])).code).toBe(2);
});
