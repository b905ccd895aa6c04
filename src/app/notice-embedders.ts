import type { Ctx } from '../core/context.ts';
import { trouble } from '../core/trouble.ts';
import type { Closing } from './closing.ts';
import type { Embedders } from './embedders.ts';
import type { Services } from './services.ts';

const LOOK_EVERY_MS = 5_000;

type Deps = Pick<Services, 'ledger' | 'timers' | 'log'>;

/** Has `notice` look at the spaces whose choice of an embedder, or slot in use, is another than when it did so last. */
function changes({ ledger }: Deps, notice: (ownerId: string) => Promise<void>): () => Promise<void> {
  const noticed = new Map<string, string>();
  return async () => {
    const reads = ledger.systemReads();
    const slots = await reads.table('vectorSlots').list({
      where: { status: { in: ['active', 'filling'] } },
      orderBy: [
        ['ownerId', 'asc'],
        ['slot', 'asc'],
      ],
    });
    const settings = await reads.table('settings').list({ where: { key: { contains: 'embedder:' } } });
    const choices = new Map(settings.map(({ ownerId, key, value }) => [`${ownerId} ${key}`, value]));
    const now = new Map<string, string>();
    for (const { ownerId, slot, status } of slots) {
      const choice = choices.get(`${ownerId} embedder:${slot}`);
      now.set(ownerId, `${now.get(ownerId) ?? ''}${slot} ${status} ${choice}\n`);
    }
    for (const ownerId of noticed.keys()) if (!now.has(ownerId)) noticed.delete(ownerId);
    for (const [ownerId, state] of now) {
      if (noticed.get(ownerId) === state) continue;
      await notice(ownerId);
      noticed.set(ownerId, state);
    }
  };
}

/**
 * Takes notice, within seconds, of the embedders that are chosen in other processes and of slots that were filled there; till
 * then the slot before serves on. For processes that share a ledger.
 */
export function noticeEmbedders(embedders: Embedders, deps: Deps, closing: Closing, ctx: Ctx): void {
  const noticeChanges = changes(deps, (ownerId) => embedders.notice({ ...ctx, ownerId }));
  const noticing = trouble({
    log: deps.log,
    begins: 'embedders-not-noticed',
    ends: 'embedders-noticed-again',
  });
  let closed = false;
  let cancelTimer = () => {};
  let looking = Promise.resolve();
  const look = async () => {
    try {
      await noticeChanges();
      noticing.worked();
    } catch (cause) {
      noticing.failed({ cause });
    }
    if (!closed) schedule();
  };
  const schedule = () => {
    cancelTimer = deps.timers.after(LOOK_EVERY_MS, () => {
      looking = look();
    });
  };
  schedule();
  closing.add({
    async close() {
      closed = true;
      cancelTimer();
      await looking;
    },
  });
}
