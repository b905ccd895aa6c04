import { expect, test } from 'vitest';
import { about } from './about.ts';
import { file, runningApp } from './running-app.ts';

const STATISTICS = process.env['JIWA_TEST_SET_UP'] === 'servers' ? 'eventual' : 'exact';
const QUESTIONS = [
  'What does Mira drink?',
  'When does the boat leave?',
  'Who feeds the cat?',
  'Where does Wayan live?',
];

test('recall answers the same after memory was wiped and made anew', { timeout: 120_000 }, async () => {
  let run = await runningApp();
  const seen = async () => {
    const { items } = await run.api.call('listItems', { query: { limit: 100 } });
    const answers = [];
    for (const question of QUESTIONS) {
      const { hits, meaning } = await run.api.call('recall', { body: { question } });
      answers.push([meaning, hits]);
    }
    return { items: items.toSorted((a, b) => (a.id < b.id ? -1 : 1)), answers };
  };
  await run.api.upload(file('tea.txt', 'Mira drinks green tea from Shizuoka every morning.'));
  const session = await run.api.call('createSession', { body: { title: 'Boats' } });
  await Array.fromAsync(
    run.api.send(session.id, { text: 'The boat leaves at seven on Friday.', answer: false }),
  );
  const said: string[] = [];
  for await (const event of run.api.send(session.id, { text: 'When does the boat leave?' })) {
    if (event.kind === 'message-stored') said.push(event.message.id);
  }
  await Array.fromAsync(run.api.edit(said[0] ?? '', { text: 'When does the other boat leave?' }));
  const history = {
    conversation: 'pets',
    time: '2026-03-14T10:00:00Z',
    speaker: 'Maria',
    text: 'Ketut feeds the cat.',
  };
  await run.api.importHistory({ filename: 'pets.jsonl', body: new Blob([JSON.stringify(history)]) });
  await run.api.call('addMemories', { body: { memories: [{ text: 'Wayan lives in Ubud.' }] } });
  await run.settled();
  const before = await seen();
  await run.app.close();
  await run.stores.wipeMemory();
  run = await run.reopened();
  expect((await run.api.call('listItems', { query: {} })).items).toEqual([]);
  const { jobId } = await run.api.call('rebuild', {});
  await run.settled();
  expect(await run.api.call('getJob', { params: { id: jobId } })).toMatchObject({
    status: 'done',
    result: { conversations: { imported: 1 }, documents: { rebuilt: 1, failed: 0 } },
  });
  expect(await seen()).toEqual(about(before, STATISTICS));
  await run.end();
});
