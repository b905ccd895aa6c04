import { postgres } from './postgres.ts';
import { redis } from './redis.ts';
import { s3 } from './s3.ts';
import type { Server } from './server.ts';
import { SERVER_NAMES, type ServerName } from './server.ts';
import { weaviate } from './weaviate.ts';

const BY_NAME: Readonly<Record<ServerName, Server>> = { postgres, s3, redis, weaviate };

/** The servers of these names in the order in which they are started; all of them when no names are given. */
export function serversOf(names: readonly ServerName[] = SERVER_NAMES): readonly Server[] {
  return SERVER_NAMES.filter((name) => names.includes(name)).map((name) => BY_NAME[name]);
}
