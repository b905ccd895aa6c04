import type { OldPageRow, OldRow, OldRows } from '../../ports/old-database.ts';
import type { OldRowLine, OldRowsHead } from '../history/old-row.ts';
import { type ChosenTable, type ChosenTables, unmapped } from './choose-columns.ts';

/** The tables in the order in which they are moved: a window finds the session it belongs to already there. */
export const PHASES = ['sessions', 'biometrics'] as const;
export type Phase = (typeof PHASES)[number];

/** What of the old system is moved. */
export interface Plan {
  readonly source: string;
  readonly chosen: ChosenTables;
  readonly user?: string | undefined;
}

function valuesOf({ columns }: ChosenTable, row: OldRow): Record<string, string | null> {
  return Object.fromEntries(Object.entries(columns).map(([role, column]) => [role, row[column] ?? null]));
}

/** The rows of a phase; `undefined` when the old system has no such table. */
export function rowsOf(phase: Phase, { chosen, user }: Plan): OldRows | undefined {
  const { sessions, biometrics } = chosen;
  const userColumn = sessions.columns['user'];
  if (phase === 'sessions') {
    const only = user === undefined ? {} : { user: { value: user, column: userColumn } };
    return { name: sessions.table, key: sessions.key, ...only };
  }
  if (biometrics === undefined) return undefined;
  const { session: on, user: column } = biometrics.columns;
  const joinedColumn = on === undefined ? undefined : userColumn;
  const needed = [sessions.key, sessions.columns['conversation'] ?? []].flat();
  return {
    name: biometrics.table,
    key: biometrics.key,
    ...(on === undefined ? {} : { joined: { name: sessions.table, key: sessions.key, on, columns: needed } }),
    ...(user === undefined ? {} : { user: { value: user, column, joinedColumn } }),
  };
}

const tableOf = (phase: Phase, { sessions, biometrics }: ChosenTables) =>
  phase === 'sessions' ? sessions : (biometrics ?? sessions);

/** The session of a row, and the conversation it is part of where the old system names one. */
function placeOf(phase: Phase, { key, row, joined }: OldPageRow, { sessions }: ChosenTables) {
  const own = phase === 'sessions' ? row : joined;
  if (own === undefined) return {};
  const session = own[sessions.key] ?? key;
  const conversation = own[sessions.columns['conversation'] ?? ''] ?? undefined;
  return { session, ...(conversation === undefined ? {} : { conversation }) };
}

/** A row of the old system as the line that is kept of it. */
export function lineOf(phase: Phase, page: OldPageRow, { source, chosen }: Plan): OldRowLine {
  const { key, row } = page;
  const of = tableOf(phase, chosen);
  const units = Object.entries(of.units).map(([role, [factor, offset]]) => [role, [factor, offset]]);
  return {
    jiwa: 'old-row@1',
    source,
    table: of.table.table,
    key,
    ...placeOf(phase, page, chosen),
    kind: phase === 'sessions' ? 'exchange' : 'state',
    values: valuesOf(of, row),
    other: Object.fromEntries(unmapped(of).map((column) => [column, row[column] ?? null])),
    ...(units.length === 0 ? {} : { units: Object.fromEntries(units) }),
  };
}

/** What stands before the rows of a file. */
export function headOf(phase: Phase, { source, chosen }: Plan): OldRowsHead {
  const { table, key, columns } = tableOf(phase, chosen);
  return { jiwa: 'old-rows@1', source, table: table.table, columns: { ...columns, key } };
}
