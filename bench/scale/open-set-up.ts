import type { Ctx } from '../../src/core/context.ts';
import { openBenchOwner } from '../product/bench-product.ts';

/** Where a memory lies: a folder, and the variables that name a server. */
export interface SetUp {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** The product over a set-up. */
export type OpenedSetUp = Awaited<ReturnType<typeof openSetUp>>;

async function openSetUp({ folder, environment }: SetUp, owners: readonly string[]) {
  const [first = ''] = owners;
  const opened = await openBenchOwner({ folder, environment, ownerId: first });
  const { services, embedders } = opened;
  const { slot } = embedders.active(first);
  for (const ownerId of owners) embedders.switched(ownerId, slot);
  const ctxOf = (ownerId: string): Ctx => ({ ...opened.ctx(), ownerId });
  return { services, embedders, slot, ctxOf, close: () => opened.close() };
}

/** Does something with the product over a set-up for some owners, who all use the bundled embedder. */
export async function withSetUp<T>(
  { setUp, owners }: { readonly setUp: SetUp; readonly owners: readonly string[] },
  work: (opened: OpenedSetUp) => Promise<T>,
): Promise<T> {
  const opened = await openSetUp(setUp, owners);
  try {
    return await work(opened);
  } finally {
    await opened.close();
  }
}
