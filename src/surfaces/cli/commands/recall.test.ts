import { expect, test } from 'vitest';
import { bench } from '../../../../test/fakes/cli-bench.ts';
import { aCitation, aDocument, aHit, aRecall, aSession, testId } from '../../../../test/fakes/wire-views.ts';

const near = { id: testId('b'), distance: -1, author: 'Maria', text: 'When does it end?' };

test('hits are numbered and told with place, score, text, neighbours and id', async () => {
  await using cli = await bench({ recall: () => aRecall([aHit({ neighbours: [near] })]) });
  const ran = await cli.run(['recall', 'lease', 'end']);
  expect(ran.code).toBe(0);
  expect(ran.out).toMatch(/\[1\] {2}lease\.pdf, page 2 · 1 Jul 2026 {2}3\.25/);
  expect(ran.out).toContain('Maria: When does it end?');
  expect(ran.out).toContain('1 hit of 17 candidates, 8 ms');
  expect(ran.out).not.toContain('words +2.50');
});

test('--explain shows the signals that counted, the matched words and how the question was read', async () => {
  await using cli = await bench({ recall: () => aRecall() });
  const { out } = await cli.run(['recall', 'lease', '--explain']);
  expect(out).toContain('words +2.50  meaning +0.75 · matched: lease, ends');
  expect(out).toContain('Read as language en · words: lease end');
});

test('the limits and the filter reach the API', async () => {
  await using cli = await bench({
    recall: () => aRecall(),
    listSessions: () => ({ items: [aSession()] }),
    listDocuments: () => ({ items: [aDocument()] }),
  });
  await cli.run([
    'recall',
    'x',
    '--limit',
    '3',
    '--budget',
    '500',
    '--neighbours',
    '0',
    '--session',
    '5e55',
    '--document',
    'd0c1',
  ]);
  expect(cli.api.to('recall')).toEqual([
    {
      body: {
        question: 'x',
        limit: 3,
        tokenBudget: 500,
        neighbours: 0,
        filter: { sessionIds: [aSession().id], documentIds: [aDocument().id] },
      },
    },
  ]);
});

test('no hit ends with 4', async () => {
  await using cli = await bench({ recall: () => aRecall([]) });
  const ran = await cli.run(['recall', 'x']);
  expect([ran.code, ran.out]).toEqual([4, 'Nothing about this in memory.\n']);
});

test('a number of the last recall is opened', async () => {
  const second = testId('c2');
  await using cli = await bench({
    recall: () => aRecall([aHit(), aHit({ id: second })]),
    openCitation: () => aCitation(),
  });
  await cli.run(['recall', 'x']);
  await cli.run(['open', '2']);
  expect(cli.api.to('openCitation')).toEqual([{ params: { id: second } }]);
});
