import { newSecret, tokenFile } from '../../src/adapters/connections/token-file.ts';
import { closingList } from '../../src/app/closing.ts';
import { openEmbedders } from '../../src/app/embedders.ts';
import { openServices } from '../../src/app/services.ts';
import { readConfig } from '../../src/config.ts';
import { silentLog, type Ctx } from '../../src/core/context.ts';
import { newId } from '../../src/core/ids.ts';
import { ensureOwner } from '../../src/people/first-start.ts';

/** The insides of the app over a data folder, for what no door shows; without server and workers. */
export type Home = Awaited<ReturnType<typeof openHome>>;

/** Opens the stores and the bundled embedder of the folder's owner, who is made if missing. */
export async function openHome(folder: string) {
  const closing = closingList(silentLog);
  const services = await openServices(readConfig({}, folder), silentLog, closing);
  const token = tokenFile(services.folder.path);
  const { ownerId, userId } = await ensureOwner({
    ...services,
    newSecret,
    keptToken: () => token.read(),
    keepToken: (secret) => token.write(secret),
  });
  const { signal } = new AbortController();
  const ctx: Ctx = { ownerId, signal, now: Date.now, newId, log: silentLog };
  const embedders = closing.add(await openEmbedders(ctx, services));
  return { services, embedders, ctx, userId, close: () => closing.all() };
}
