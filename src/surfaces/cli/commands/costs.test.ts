import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bench } from '../../../../test/fakes/cli-bench.ts';
import type { CostInput, CostReport } from '../../../wire/costs.ts';

const REPORT: CostReport = {
  input: {} as CostInput,
  prices: { name: 'Test prices', currency: 'EUR', prices: {} as CostReport['prices']['prices'] },
  points: [],
  assumptions: [{ name: 'rowBytes', value: 250, unit: 'B', source: 'a test', measured: true }],
};

/** What the desk of costs was asked for. */
function desk(asked: unknown[], pricesFile?: string) {
  return {
    pricesFile,
    estimate(...input: readonly unknown[]) {
      asked.push(input);
      return REPORT;
    },
  };
}

test('options are given on as numbers, the rest by default, and nobody is connected to', async () => {
  const asked: unknown[] = [];
  await using cli = await bench();
  const host = { costs: desk(asked) };
  const words = [
    '--items',
    '1e3,2000',
    '--replicas',
    '1',
    '--price',
    'vcpuHour=2',
    '--price',
    'putThousand=0',
  ];
  const ran = await cli.run(['costs', 'estimate', ...words], { host });
  expect(ran.code).toBe(0);
  expect(asked).toMatchObject([
    [
      { replicas: 1, dimensions: 384 },
      { file: undefined, single: { vcpuHour: 2, putThousand: 0 } },
      [1000, 2000],
    ],
  ]);
  expect(ran.out).toContain('EUR a month; Test prices.');
  expect(ran.out).toContain('* rowBytes: 250 B (a test)');
});

test('the file of an option wins over that of the environment', async () => {
  const asked: unknown[] = [];
  await using cli = await bench();
  const host = { costs: desk(asked, '/nowhere.json') };
  const file = join(cli.folder, 'prices.json');
  await writeFile(file, '{"prices": {"vcpuHour": 1}}');
  expect((await cli.run(['costs', 'estimate', '--prices', file, '--json'], { host })).code).toBe(0);
  expect(asked).toMatchObject([[{}, { file: { prices: { vcpuHour: 1 } } }, undefined]]);
  expect((await cli.run(['costs', 'estimate'], { host })).code).toBe(3);
});

test('a value that is out of range, and a price nobody pays, end with 2', async () => {
  await using cli = await bench();
  const host = { costs: desk([]) };
  expect((await cli.run(['costs', 'estimate', '--replicas', '0'], { host })).code).toBe(2);
  expect((await cli.run(['costs', 'estimate', '--price', 'moon=1'], { host })).code).toBe(2);
});
