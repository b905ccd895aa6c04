import type { CostPoint, CostReport, LayoutCost } from '../../../wire/costs.ts';
import type { Look } from '../look.ts';
import { type Column, table } from '../table.ts';

interface Row {
  readonly point: CostPoint;
  readonly layout: string;
  readonly cost: LayoutCost;
}

const whole = (value: number) => Math.round(value).toLocaleString('en');
const money = (value: number) =>
  value < 100
    ? value.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
    : whole(value);

const right = (head: string, cell: (row: Row) => string): Column<Row> => ({ head, cell, align: 'right' });

const COLUMNS: readonly Column<Row>[] = [
  right('Items', ({ point }) => whole(point.items)),
  right('Owners', ({ point }) => whole(point.owners)),
  { head: 'First', cell: ({ layout }) => layout },
  right('Compute', ({ cost }) => money(cost.compute)),
  right('Memory', ({ cost }) => money(cost.memory)),
  right('Disk', ({ cost }) => money(cost.disk)),
  right('Objects', ({ cost }) => money(cost.objects)),
  right('Requests', ({ cost }) => money(cost.requests)),
  right('Month', ({ cost }) => money(cost.total)),
  right('Machines', ({ cost }) => whole(cost.needs.machines)),
];

function rowsOf({ points }: CostReport): Row[] {
  return points.flatMap((point) => [
    { point, layout: 'PostgreSQL', cost: point.postgresFirst },
    { point, layout: 'Weaviate', cost: point.weaviateFirst },
  ]);
}

function limitLines(rows: readonly Row[]): string[] {
  return rows.flatMap(({ point, layout, cost }) =>
    cost.limits.map((limit) => `${whole(point.items)} items, ${layout} first: ${limit}.`),
  );
}

/** The table of costs, what it was made from, and where a layout ends. */
export function costLines(report: CostReport, look: Look): string[] {
  const { input, prices, assumptions } = report;
  const rows = rowsOf(report);
  const given = Object.entries(input).map(([name, value]) => `${name} ${value.toLocaleString('en')}`);
  const limits = limitLines(rows);
  return [
    `${prices.currency} a month; ${prices.name}.`,
    ...table(rows, COLUMNS, look),
    ...(limits.length === 0 ? [] : ['', ...limits]),
    '',
    `For ${given.join(', ')}.`,
    'Prices:',
    ...Object.values(prices.prices).map(
      ({ price, unit, asOf, source }) => `  ${price} a ${unit} (${asOf}; ${source})`,
    ),
    'Assumptions (* measured here):',
    ...assumptions.map(
      ({ name, value, unit, source, measured }) =>
        `  ${measured ? '*' : ' '} ${name}: ${value.toLocaleString('en')} ${unit} (${source})`,
    ),
  ];
}
