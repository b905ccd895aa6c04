import { parseArgs } from 'node:util';
import { AppError } from '../../src/core/errors.ts';

export const help = `Usage: JIWA_WEAVIATE_URL=… JIWA_WEAVIATE_GRPC=… npm run --silent bench -- scale [options]

Fills the embedded memory and the Weaviate that the environment names with the same made-up items through the product's
own port, once spread over many owners and once all of one owner, and asks both with default settings in one run: import
rate, recall and the search of the store alone with 1, 8 and 32 clients, recall@10 of the vectors against exact search,
memory, files and disk, and how these grow. Texts are made up and analysed as the product does; vectors of items are made up
around centres that the bundled encoder gave, with its 384 dimensions; recall's questions get theirs from the encoder itself,
searches of the store alone and recall@10 made-up ones like those of the items.

What is written goes to collections of its own and is removed at the end. The server should be a fresh one that nobody else
uses, or its memory means nothing.

  --items <n>    items in each of both layouts; 100000 by default
  --tenants <n>  owners of the first layout; 100 by default
  --questions <n>  for each number of clients; 400 by default
  --only <store> embedded or weaviate alone
  --border       instead of this, search by vector exactly and by HNSW at 5,000 to --items vectors (Weaviate only)
  --pid <n>      process of Weaviate; by default the one of this machine that listens on its port
  --json         one JSON object instead of tables`;

export const STORES = ['embedded', 'weaviate'] as const;
export type StoreName = (typeof STORES)[number];

export interface Options {
  readonly items: number;
  readonly tenants: number;
  readonly questions: number;
  readonly stores: readonly StoreName[];
  readonly border: boolean;
  readonly pid: number | undefined;
  readonly json: boolean;
}

function whole(name: string, value: string, least: number): number {
  const number = Number(value);
  if (Number.isInteger(number) && number >= least) return number;
  throw new AppError(
    'invalid-input',
    `Expected --${name} to be a whole number from ${least} on, got "${value}".`,
  );
}

/** Throws `invalid-input` for options it cannot use. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      items: { type: 'string', default: '100000' },
      tenants: { type: 'string', default: '100' },
      questions: { type: 'string', default: '400' },
      only: { type: 'string' },
      border: { type: 'boolean', default: false },
      pid: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const stores = STORES.filter((name) => values.only === undefined || values.only === name);
  if (stores.length === 0)
    throw new AppError(
      'invalid-input',
      `Expected --only to be one of ${STORES.join(', ')}, got "${values.only}".`,
    );
  const items = whole('items', values.items, 1_000);
  const tenants = whole('tenants', values.tenants, 1);
  if (items < tenants * 10)
    throw new AppError(
      'invalid-input',
      `Expected at least 10 items for each of ${tenants} tenants, got ${items}.`,
    );
  return {
    items,
    tenants,
    questions: whole('questions', values.questions, 10),
    stores: values.border ? ['weaviate'] : stores,
    border: values.border,
    pid: values.pid === undefined ? undefined : whole('pid', values.pid, 1),
    json: values.json,
  };
}
