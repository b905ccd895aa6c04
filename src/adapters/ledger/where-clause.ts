import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import { AppError } from '../../core/errors.ts';

/** Tables as Kysely sees them here: any column of any table; the ports' types are held by `Table`. */
export type Tables = Record<string, Record<string, unknown>>;
export type Builder = ExpressionBuilder<Tables, string>;

/** Turns the conditions of the port into SQL that SQLite and PostgreSQL both understand; all of them must hold. */
export function whereClause(eb: Builder, where: Readonly<Record<string, unknown>>): Expression<SqlBool> {
  return eb.and(Object.entries(where).flatMap(([column, comparison]) => comparisons(eb, column, comparison)));
}

function comparisons(eb: Builder, column: string, comparison: unknown): Expression<SqlBool>[] {
  if (comparison === undefined) {
    throw new AppError('internal', `A ledger condition on ${column} has no value.`);
  }
  if (comparison === null || typeof comparison !== 'object') return [equal(eb, column, comparison)];
  return Object.entries(comparison).map(([operator, value]) => compare(eb, column, operator, value));
}

function compare(eb: Builder, column: string, operator: string, value: unknown): Expression<SqlBool> {
  switch (operator) {
    case 'in':
      return oneOf(eb, column, value as readonly unknown[]);
    case 'not':
      return eb(column, 'is distinct from', value);
    case 'lt':
      return eb(column, '<', value);
    case 'lte':
      return eb(column, '<=', value);
    case 'gt':
      return eb(column, '>', value);
    case 'gte':
      return eb(column, '>=', value);
    case 'contains':
      return contains(eb, column, String(value));
    default:
      throw new AppError('internal', `The ledger knows no comparison ${operator}.`);
  }
}

function equal(eb: Builder, column: string, value: unknown): Expression<SqlBool> {
  return value === null ? eb(column, 'is', null) : eb(column, '=', value);
}

function oneOf(eb: Builder, column: string, values: readonly unknown[]): Expression<SqlBool> {
  const present = values.filter((value) => value !== null);
  const options: Expression<SqlBool>[] = present.length === 0 ? [] : [eb(column, 'in', present)];
  if (present.length < values.length) options.push(eb(column, 'is', null));
  return eb.or(options);
}

function contains(eb: Builder, column: string, part: string): Expression<SqlBool> {
  // Only ASCII, as `lower` does with text that is ordered by byte.
  const lower = part.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
  const pattern = `%${lower.replaceAll(/[!%_]/g, '!$&')}%`;
  return sql<SqlBool>`lower(${eb.ref(column)}) like ${pattern} escape '!'`;
}
