import { bindRecall } from '../../src/app/recall.ts';
import { newId } from '../../src/core/ids.ts';
import { type BenchOwner, openBenchOwner } from '../product/bench-product.ts';
import { remember } from '../product/remember.ts';
import type { BenchGroup, BenchSet } from '../recall/bench-set.ts';
import { type Asked, askOne, askedAt } from '../recall/run-set.ts';

/** One question asked of both memories. */
export interface Compared {
  readonly embedded: Asked;
  readonly weaviate: Asked;
  /** Share of the ten best of the embedded memory that are among the ten best of Weaviate. */
  readonly overlap: number;
}

const BEST = 10;

async function takenIn(owner: BenchOwner, group: BenchGroup) {
  const nameOf = await remember(group, owner);
  const recall = bindRecall(owner.services, owner.embedders);
  return { recall, nameOf, ctx: owner.ctx(askedAt(group)) };
}

/** What both gave for each question of a group that has gold. */
async function compareGroup(group: BenchGroup): Promise<Compared[]> {
  const ownerId = newId();
  const first = await openBenchOwner({ ownerId });
  const second = await openBenchOwner({ ownerId, environment: process.env });
  try {
    const [embedded, weaviate] = [await takenIn(first, group), await takenIn(second, group)];
    const compared: Compared[] = [];
    for (const query of group.queries.filter(({ gold }) => gold.length > 0)) {
      const [a, b] = [
        await askOne(query, embedded.recall, embedded.nameOf, embedded.ctx),
        await askOne(query, weaviate.recall, weaviate.nameOf, weaviate.ctx),
      ];
      const best = new Set(b.ids.slice(0, BEST));
      const wanted = a.ids.slice(0, BEST);
      const shared = wanted.filter((id) => best.has(id)).length;
      compared.push({ embedded: a, weaviate: b, overlap: wanted.length === 0 ? 1 : shared / wanted.length });
    }
    return compared;
  } finally {
    await second.services.memory.removeOwner(ownerId, new AbortController().signal);
    await second.close();
    await first.close();
  }
}

/** Compares the two memories over a set, group by group. */
export async function compareSet(
  set: BenchSet,
  groups: number,
  onGroup: (group: string) => void,
): Promise<Compared[]> {
  const compared: Compared[] = [];
  for (const group of set.groups.slice(0, groups)) {
    onGroup(group.name);
    compared.push(...(await compareGroup(group)));
  }
  return compared;
}
