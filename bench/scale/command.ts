import { cpus, loadavg, totalmem } from 'node:os';
import { AppError } from '../../src/core/errors.ts';
import { openBenchOwner } from '../product/bench-product.ts';
import { syntheticTexts } from '../speed/synthetic-text.ts';
import { measureBorder } from './border.ts';
import { type Layout, type LayoutFigures, measureLayout, type Measuring } from './measure-layout.ts';
import { help, type Options, readOptions, type StoreName } from './options.ts';
import { scaleVectors } from './scale-vectors.ts';
import { findServer, type ServerProcess } from './server-process.ts';
import { slopesOf, type StoreFigures } from './slopes.ts';
import { embeddedAtTest, type StoreAtTest, weaviateAtTest } from './stores.ts';
import { borderTable, storesTable } from './table.ts';

export { help } from './options.ts';

export const summary =
  'import, recall, memory and disk of both memories with many items, over many owners and of one';

const CLIENTS = [1, 8, 32];
const CENTRES = 200;
const STOPS = [1_000, 10_000];
const SERVER_VARIABLES = [
  'JIWA_WEAVIATE_URL',
  'JIWA_WEAVIATE_GRPC',
  'JIWA_WEAVIATE_API_KEY',
  'JIWA_WEAVIATE_REPLICAS',
];

const note = (text: string) => void process.stderr.write(`${new Date().toISOString()} ${text} …\n`);

/** Vectors of real length and place, around which the others are made up. */
async function textCentres(): Promise<Float32Array[]> {
  const owner = await openBenchOwner();
  const texts = await syntheticTexts();
  const { ownerId, signal } = owner.ctx();
  const some = Array.from({ length: CENTRES }, (_, number) => texts.message(number).text);
  const centres = await owner.embedders.active(ownerId).embedder.embedTexts(some, signal);
  await owner.close();
  return centres;
}

/** Only what names the server: both stores run with the same settings otherwise. */
function serverVariables(): Record<string, string> {
  const given = SERVER_VARIABLES.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(given);
}

async function measureIn(
  open: () => Promise<StoreAtTest>,
  layout: Layout,
  measuring: Measuring,
): Promise<LayoutFigures> {
  const store = await open();
  try {
    return await measureLayout(layout, store, measuring);
  } finally {
    await store.remove();
  }
}

interface Server {
  readonly variables: Record<string, string>;
  readonly process: ServerProcess | undefined;
}

/** The server of the environment; throws `invalid-input` when none is named. */
async function serverOf({ pid }: Options): Promise<Server> {
  const variables = serverVariables();
  const url = variables['JIWA_WEAVIATE_URL'];
  if (url === undefined)
    throw new AppError('invalid-input', `Expected JIWA_WEAVIATE_URL, or --only embedded.\n\n${help}`);
  const { port, protocol } = new URL(url);
  const listening = Number(port === '' ? (protocol === 'https:' ? 443 : 80) : port);
  return { variables, process: await findServer(listening, pid) };
}

async function measureStores(options: Options, server: Server | undefined, centres: readonly Float32Array[]) {
  const { items, tenants, questions } = options;
  const layouts: Readonly<Record<keyof StoreFigures, Layout>> = {
    many: { owners: tenants, stops: [Math.floor(items / tenants)] },
    one: { owners: 1, stops: [...STOPS.filter((stop) => stop < items), items] },
  };
  const openers: Readonly<Record<StoreName, () => Promise<StoreAtTest>>> = {
    embedded: embeddedAtTest,
    weaviate: () => weaviateAtTest(server?.variables ?? {}, server?.process),
  };
  const figures: Partial<Record<StoreName, StoreFigures>> = {};
  for (const store of options.stores) {
    const measuring = {
      centres,
      clients: CLIENTS,
      questions,
      note: (text: string) => note(`${store}, ${text}`),
    };
    const many = await measureIn(openers[store], layouts.many, measuring);
    figures[store] = { many, one: await measureIn(openers[store], layouts.one, measuring) };
  }
  return figures as Record<string, StoreFigures>;
}

function machine(loadBefore: number | undefined) {
  return {
    processor: cpus()[0]?.model,
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 1e9),
    node: process.versions.node,
    loadBefore,
    loadAfter: loadavg()[0],
  };
}

/** Runs `bench scale`. */
export async function run(args: readonly string[]): Promise<void> {
  const options = readOptions(args);
  const server = options.stores.includes('weaviate') ? await serverOf(options) : undefined;
  const loadBefore = loadavg()[0];
  const centres = await textCentres();
  const vectors = `made up around ${CENTRES} centres of the bundled encoder, ${centres[0]?.length} dimensions`;
  const { items, tenants, questions } = options;
  if (options.border) {
    const border = await measureBorder(server?.variables ?? {}, scaleVectors(centres), items, note);
    const json = { vectors, machine: machine(loadBefore), border };
    process.stdout.write(`${options.json ? JSON.stringify(json) : borderTable(border)}\n`);
    return;
  }
  const stores = await measureStores(options, server, centres);
  const slopes = Object.fromEntries(Object.entries(stores).map(([name, store]) => [name, slopesOf(store)]));
  const json = {
    sizes: { items, tenants, questions },
    vectors,
    machine: machine(loadBefore),
    slopes,
    stores,
  };
  process.stdout.write(`${options.json ? JSON.stringify(json) : storesTable(stores)}\n`);
}
