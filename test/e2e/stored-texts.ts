import { buffer } from 'node:stream/consumers';
import { openObjects } from '../../src/app/open-objects.ts';
import { silentLog } from '../../src/core/context.ts';
import type { ObjectKey } from '../../src/core/object-keys.ts';
import type { RunningApp } from './running-app.ts';

/** Every object of the space of `run.api`, as text. */
export async function storedTexts({ api, config, folder }: RunningApp): Promise<string[]> {
  const { space } = await api.call('me', {});
  const objects = await openObjects({ config, dataFolder: folder, now: Date.now, log: silentLog });
  try {
    const texts: string[] = [];
    for await (const { key } of objects.list(space.id, '' as ObjectKey)) {
      texts.push((await buffer(objects.read(space.id, key))).toString());
    }
    return texts;
  } finally {
    await objects.close();
  }
}
