import { expect, it } from 'vitest';
import { recordingLog } from '../../../test/fakes/recording-log.ts';
import { eventually } from '../../../test/fakes/eventually.ts';
import { openRedis } from './redis-connection.ts';

it('says at once, and once, that a server is away, and keeps no question for later', async () => {
  const log = recordingLog();
  const redis = openRedis({ url: 'redis://127.0.0.1:1', prefix: 'none', log });
  for (let time = 0; time < 3; time++)
    await expect(redis.ping()).rejects.toMatchObject({ code: 'unavailable' });
  await eventually(() => log.entries.length > 0);
  await redis.close();
  expect(log.entries.map(({ event }) => event)).toEqual(['redis-away']);
});
