import type { CostInput, CostPoint, CostReport, LayoutCost, PriceTable } from '../../wire/costs.ts';
import { type Needs, postgresCopyGib, postgresFirstNeeds, weaviateFirstNeeds } from './needs.ts';
import { assumptions, SIZES } from './sizes.ts';

const MONTH_HOURS = 730;
/** The sizes that are shown when none is asked for. */
const SCALES: readonly number[] = [1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

/** Each part = what is needed × its price; hours of a month are 730. */
function priced(needs: Needs, { prices }: PriceTable, limits: readonly string[]): LayoutCost {
  const parts = {
    compute: needs.vcpu * prices.vcpuHour.price * MONTH_HOURS,
    memory: needs.memoryGib * prices.memoryGibHour.price * MONTH_HOURS,
    disk: needs.diskGb * prices.diskGbMonth.price,
    objects: needs.objectGb * prices.objectGbMonth.price,
    requests: (needs.puts * prices.putThousand.price + needs.gets * prices.getThousand.price) / 1_000,
  };
  const total = Object.values(parts).reduce((sum, part) => sum + part, 0);
  return { ...parts, total, needs, limits };
}

/** Where a single primary ends: what fits into no machine has to be spread by hand. */
function postgresLimits(items: number, input: CostInput): string[] {
  const copyGib = postgresCopyGib(items, input);
  if (copyGib <= SIZES.pgLargestGib.value) return [];
  const parts = Math.ceil(copyGib / SIZES.pgLargestGib.value);
  return [`the graph of vectors fits into no machine: ${parts} databases, spread by hand`];
}

function weaviateLimits(owners: number, { activeShare, replicas }: CostInput): string[] {
  const open = owners * activeShare * replicas;
  const nodes = Math.ceil(open / SIZES.wvTenantsPerNode.value);
  return nodes <= replicas ? [] : [`open tenants, not data, ask for ${nodes} nodes`];
}

function pointAt(items: number, input: CostInput, prices: PriceTable): CostPoint {
  const owners = Math.max(1, Math.round(items / input.itemsPerOwner));
  // One owner with fewer items than usual is still one owner.
  const own = { ...input, itemsPerOwner: Math.min(input.itemsPerOwner, items) };
  const postgres = postgresFirstNeeds(items, owners, own);
  const weaviate = weaviateFirstNeeds(items, owners, own);
  return {
    items,
    owners,
    postgresFirst: priced(postgres, prices, postgresLimits(items, own)),
    weaviateFirst: priced(weaviate, prices, weaviateLimits(owners, own)),
  };
}

/**
 * What a month costs in both layouts, for each number of items; owners = items / items an owner. List prices, no discounts,
 * no people, no traffic to the outside, no language models. An estimate from `sizes.ts`, whose numbers it returns with it.
 */
export function estimateCosts(
  input: CostInput,
  prices: PriceTable,
  scales: readonly number[] = SCALES,
): CostReport {
  return { input, prices, points: scales.map((items) => pointAt(items, input, prices)), assumptions };
}
