import { afterAll } from 'vitest';
import { movingSuite, type Stores } from '../e2e/moving.ts';
import type { ServerName } from './kinds/server.ts';
import { partsOfServers } from './server-stores.ts';

const drops: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const drop of drops) await drop();
});

const on = (name: string, ...servers: ServerName[]): Stores => ({
  name,
  wordStatistics: servers.includes('weaviate') ? 'eventual' : 'exact',
  async empty() {
    const { environment, drop } = await partsOfServers(servers);
    drops.push(drop);
    return environment;
  },
});

const FILES = on('files');
const SERVERS = on('PostgreSQL, S3, Redis and Weaviate', 'postgres', 's3', 'redis', 'weaviate');

movingSuite(FILES, SERVERS);
movingSuite(SERVERS, FILES);
