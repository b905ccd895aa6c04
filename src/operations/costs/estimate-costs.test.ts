import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { CostInput, PRICE_NAMES } from '../../wire/costs.ts';
import { estimateCosts } from './estimate-costs.ts';
import { pricesWith, shippedPrices } from './prices.ts';
import { assumptions } from './sizes.ts';

const USUAL = CostInput.parse({});
const anyInput = fc
  .record({
    itemsPerOwner: fc.integer({ min: 1, max: 1_000_000 }),
    textBytes: fc.integer({ min: 0, max: 10_000 }),
    dimensions: fc.integer({ min: 8, max: 4_096 }),
    messagesPerDay: fc.integer({ min: 0, max: 1_000 }),
    activeShare: fc.double({ min: 0, max: 1, noNaN: true }),
    replicas: fc.integer({ min: 1, max: 5 }),
    retentionDays: fc.integer({ min: 1, max: 365 }),
  })
  .map((input) => CostInput.parse(input));
const LAYOUTS = ['postgresFirst', 'weaviateFirst'] as const;

test('a total is the sum of its parts, and nothing costs less than nothing', () => {
  fc.assert(
    fc.property(anyInput, (input) => {
      for (const point of estimateCosts(input, shippedPrices()).points)
        for (const layout of LAYOUTS) {
          const { compute, memory, disk, objects, requests, total } = point[layout];
          const parts = [compute, memory, disk, objects, requests];
          expect(parts.every((part) => Number.isFinite(part) && part >= 0)).toBe(true);
          expect(total).toBeCloseTo(
            parts.reduce((sum, part) => sum + part, 0),
            6,
          );
        }
    }),
  );
});

test('more items of owners of one size never cost less', () => {
  fc.assert(
    fc.property(anyInput, (input) => {
      const scales = [1, 3, 10, 1_000].map((owners) => owners * input.itemsPerOwner);
      const { points } = estimateCosts(input, shippedPrices(), scales);
      for (const layout of LAYOUTS) {
        const totals = points.map((point) => point[layout].total);
        expect(totals).toEqual(totals.toSorted((a, b) => a - b));
      }
    }),
  );
});

test('a price that doubles doubles its part and no other', () => {
  const once = estimateCosts(USUAL, shippedPrices(), [1e6]).points[0];
  const disk = shippedPrices().prices.diskGbMonth.price;
  const twice = estimateCosts(USUAL, pricesWith(undefined, { diskGbMonth: 2 * disk }), [1e6]).points[0];
  for (const layout of LAYOUTS) {
    expect(twice?.[layout].disk).toBeCloseTo(2 * (once?.[layout].disk ?? 0));
    expect(twice?.[layout].memory).toBe(once?.[layout].memory);
  }
});

test('vectors of PostgreSQL are counted by hand', () => {
  const input = { ...USUAL, replicas: 1, textBytes: 0, messagesPerDay: 0 };
  const [point] = estimateCosts(input, shippedPrices(), [1e9]).points;
  // 4 × 384 + 8 = 1,544 B; rows (1,544 + 250) × 1.3; graph 1,544 + 300; disk × 1.3.
  expect(point?.postgresFirst.needs.diskGb).toBeCloseTo((1_794 * 1.3 + 1_844) * 1.3, 3);
  expect(point?.postgresFirst.limits[0]).toMatch(/fits into no machine/);
});

test('prices of a file are laid over those that come with Jiwa, and single ones over both', () => {
  const file = { currency: 'EUR', prices: { vcpuHour: 1, diskGbMonth: 2 } };
  const table = pricesWith(file, { diskGbMonth: 3 });
  expect(table.currency).toBe('EUR');
  expect(table.prices).toMatchObject({ vcpuHour: { price: 1 }, diskGbMonth: { price: 3 } });
  expect(table.prices.putThousand).toEqual(shippedPrices().prices.putThousand);
});

test.each([{ prices: { vcpuhour: 1 } }, { prices: { vcpuHour: -1 } }, []])(
  'refuses the prices %j',
  (file) => {
    expect(() => pricesWith(file, {})).toThrow(/file of prices is not right/);
  },
);

test('every price and every number names where it is from', () => {
  const { prices } = shippedPrices();
  expect(Object.keys(prices).toSorted()).toEqual([...PRICE_NAMES].toSorted());
  for (const { source, asOf } of Object.values(prices)) expect(source && asOf).toBeTruthy();
  for (const { source } of assumptions) expect(source).not.toBe('');
});
