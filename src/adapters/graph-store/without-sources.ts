import { foldName } from '../../core/fold-text.ts';
import type { Entity, Evidence, Mention, Relation } from '../../ports/graph-store.ts';

const left = <T extends Evidence>(evidence: readonly T[], gone: ReadonlySet<string>): T[] =>
  evidence.filter(({ sources }) => !sources.some((source) => gone.has(source)));

/** The name most mentions give; of several the one that comes first. */
function commonestName(mentions: readonly Mention[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { name } of mentions) counts.set(name, (counts.get(name) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return [...counts].find(([, count]) => count === most)?.[0];
}

/** The entity without what these sources say; `undefined` when nobody else speaks of it. */
export function entityWithout(entity: Entity, gone: ReadonlySet<string>): Entity | undefined {
  const mentions = left(entity.mentions, gone);
  const known = mentions.some(({ name }) => foldName(name) === foldName(entity.name));
  const name = known ? entity.name : commonestName(mentions);
  return name === undefined ? undefined : { ...entity, name, mentions };
}

/** The relation without what these sources say; `undefined` when nobody else says it. */
export function relationWithout(relation: Relation, gone: ReadonlySet<string>): Relation | undefined {
  const evidence = left(relation.evidence, gone);
  return evidence.length === 0 ? undefined : { ...relation, evidence };
}
