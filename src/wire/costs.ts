import { z } from 'zod';

const Price = z.strictObject({
  price: z.number().min(0),
  unit: z.string(),
  asOf: z.string().describe('When it was so.'),
  source: z.string(),
});

/** What is paid for; every price in the currency of the table. */
export const PRICE_NAMES = [
  'vcpuHour',
  'memoryGibHour',
  'diskGbMonth',
  'objectGbMonth',
  'putThousand',
  'getThousand',
] as const;
export type PriceName = (typeof PRICE_NAMES)[number];

export const PriceTable = z.strictObject({
  name: z.string(),
  currency: z.string().min(1).max(10),
  prices: z.record(z.enum(PRICE_NAMES), Price),
});
export type PriceTable = z.infer<typeof PriceTable>;

/** What a file of prices holds: what it leaves out stays as it comes with Jiwa; a number alone is a price. */
export const PriceFile = z.strictObject({
  name: z.string().optional(),
  currency: z.string().min(1).max(10).optional(),
  prices: z.partialRecord(z.enum(PRICE_NAMES), z.union([z.number().min(0), Price])).default({}),
});
export type PriceFile = z.infer<typeof PriceFile>;

const amount = (fallback: number, most: number) => z.number().min(0).max(most).default(fallback);

/** For whom a month is estimated. */
export const CostInput = z.strictObject({
  itemsPerOwner: z.number().int().min(1).max(1e9).default(10_000),
  textBytes: amount(600, 1e6).describe('Of an item, on average.'),
  dimensions: z.number().int().min(8).max(8_192).default(384).describe('Of its vector.'),
  messagesPerDay: amount(20, 1e5).describe('That one owner says or gets.'),
  activeShare: z.number().min(0).max(1).default(0.2).describe('Owners at work in the same hour, of all.'),
  replicas: z.number().int().min(1).max(9).default(3),
  retentionDays: z.number().int().min(1).max(3_650).default(30).describe('How long backups are kept.'),
});
export type CostInput = z.infer<typeof CostInput>;

/** What a month costs, by what is paid for. */
export interface CostParts {
  readonly compute: number;
  readonly memory: number;
  readonly disk: number;
  readonly objects: number;
  readonly requests: number;
}

/** What a layout needs, and what that costs. */
export interface LayoutCost extends CostParts {
  readonly total: number;
  readonly needs: {
    readonly vcpu: number;
    readonly memoryGib: number;
    readonly diskGb: number;
    readonly objectGb: number;
    readonly puts: number;
    readonly gets: number;
    readonly machines: number;
  };
  /** Where the layout no longer holds as it is. */
  readonly limits: readonly string[];
}

export interface CostPoint {
  readonly items: number;
  readonly owners: number;
  readonly postgresFirst: LayoutCost;
  readonly weaviateFirst: LayoutCost;
}

/** A number that the estimate rests on. */
export interface CostAssumption {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly source: string;
  readonly measured: boolean;
}

export interface CostReport {
  readonly input: CostInput;
  readonly prices: PriceTable;
  readonly points: readonly CostPoint[];
  readonly assumptions: readonly CostAssumption[];
}
