import { AppError } from '../../core/errors.ts';
import type { OldTable } from '../../ports/old-database.ts';
import type { ColumnChoice, MigrationMapping, TableMapping } from '../../wire/migration.ts';
import type { SESSION_ROLES, STATE_ROLES } from '../history/old-row.ts';

type SessionRole = (typeof SESSION_ROLES)[number];
type StateRole = (typeof STATE_ROLES)[number];

/** Names under which old deployments have these columns, most telling first; case and punctuation do not count. */
const SESSION_NAMES: Readonly<Record<SessionRole, string>> = {
  prompt: 'prompt promptText userPrompt question input userInput userMessage query message text',
  answer: 'response responseText answer aiResponse output completion reply assistantMessage result',
  time: 'createdAt promptedAt timestamp time sessionTime startedAt startTime created date',
  answerTime: 'respondedAt answeredAt completedAt endedAt endTime',
  conversation: 'conversationId conversation threadId chatId',
  title: 'title sessionTitle',
  user: 'userId user ownerId accountId username',
  strategy: 'strategy responseStrategy promptStrategy enrichmentStrategy',
  effectiveness: 'effectiveness effectivenessScore',
  environment: 'environment environmentContext',
};
const STATE_NAMES: Readonly<Record<StateRole, string>> = {
  session: 'promptSessionId promptSession sessionId promptId session',
  time: 'recordedAt measuredAt timestamp time windowStart createdAt created date',
  user: 'userId user ownerId accountId username',
  heartRate: 'heartRate hr bpm pulse avgHeartRate meanHeartRate',
  heartRateVariability: 'heartRateVariability hrv rmssd hrvRmssd',
  skinConductance: 'skinConductance eda gsr electrodermalActivity galvanicSkinResponse',
  skinTemperature: 'skinTemperature skinTemp',
  bodyTemperature: 'bodyTemperature bodyTemp coreTemperature',
  respirationRate: 'respirationRate respiratoryRate breathingRate respiration',
  oxygenSaturation: 'oxygenSaturation bloodOxygen spo2',
  systolicPressure: 'systolicPressure bloodPressureSystolic systolic systolicBp',
  diastolicPressure: 'diastolicPressure bloodPressureDiastolic diastolic diastolicBp',
  stress: 'stress stressLevel stressScore',
  activity: 'activity stepsPerMinute cadence',
  sleep: 'sleep sleepHours hoursOfSleep',
};

/** How a column's number becomes one in our unit. */
type Units = readonly [factor: number, offset: number];

/** A table of the old system and what its columns are used as. */
export interface ChosenTable {
  readonly table: OldTable;
  readonly key: string;
  /** Column by role. */
  readonly columns: Readonly<Record<string, string>>;
  readonly units: Readonly<Record<string, Units>>;
}

/** Both tables; the biometrics may not be there. */
export interface ChosenTables {
  readonly sessions: ChosenTable;
  readonly biometrics: ChosenTable | undefined;
}

const plain = (name: string) => name.toLowerCase().replaceAll(/[^a-z0-9]/gu, '');
const wrong = (message: string) => new AppError('invalid-input', message);

function findTable(
  tables: readonly OldTable[],
  usual: string,
  { schema, table }: TableMapping,
): OldTable | undefined {
  const alike = tables.filter(
    (one) =>
      (schema === undefined || one.schema === schema) &&
      (table === undefined ? plain(one.table) === plain(usual) : one.table === table),
  );
  if (alike.length > 1) {
    const names = alike.map((one) => `${one.schema}.${one.table}`).join(', ');
    throw wrong(
      `Expected one table ${table ?? usual} in the old database; there are ${names}. Name schema and table.`,
    );
  }
  const [found] = alike;
  if (found === undefined && (table !== undefined || schema !== undefined))
    throw wrong(
      `There is no table ${[schema, table ?? usual].filter(Boolean).join('.')} in the old database.`,
    );
  return found;
}

function keyOf(table: OldTable, named: string | undefined): string {
  const [key, second] = named === undefined ? table.primaryKey : [named];
  if (key !== undefined && second === undefined && table.columns.includes(key)) return key;
  throw wrong(
    named === undefined
      ? `Expected a primary key of one column in ${table.table}; name a unique column as its key, or a view that has one.`
      : `There is no column ${named} in ${table.table}.`,
  );
}

/** Columns as the mapping says; the rest by their names, each column used once, in the order of the roles. */
function choose(
  table: OldTable,
  names: Readonly<Record<string, string>>,
  mapping: TableMapping,
): ChosenTable {
  const key = keyOf(table, mapping.key);
  const columns: Record<string, string> = {};
  const units: Record<string, Units> = {};
  for (const [role, choice] of Object.entries(mapping.columns)) {
    if (!Object.hasOwn(names, role))
      throw wrong(`${table.table} has nothing called ${role}; there are ${Object.keys(names).join(', ')}.`);
    if (choice === null) continue;
    const { column, factor, offset }: Exclude<ColumnChoice, string> =
      typeof choice === 'string' ? { column: choice, factor: 1, offset: 0 } : choice;
    if (!table.columns.includes(column)) throw wrong(`There is no column ${column} in ${table.table}.`);
    columns[role] = column;
    if (factor !== 1 || offset !== 0) units[role] = [factor, offset];
  }
  const used = new Set([...Object.values(columns), key]);
  for (const [role, candidates] of Object.entries(names)) {
    if (Object.hasOwn(mapping.columns, role)) continue;
    const alike = candidates
      .split(' ')
      .flatMap((name) => table.columns.filter((column) => plain(column) === plain(name)));
    const found = alike.find((column) => !used.has(column));
    if (found === undefined) continue;
    columns[role] = found;
    used.add(found);
  }
  return { table, key, columns, units };
}

/**
 * Which tables and columns of an old deployment are read as what: as the mapping says, and what it does not speak of by
 * usual names. Throws `invalid-input` when there are no sessions, when something named is not there, and for a table
 * without a key of one column.
 */
export function chooseTables(tables: readonly OldTable[], mapping: MigrationMapping): ChosenTables {
  const sessions = findTable(tables, 'PromptSessions', mapping.sessions);
  if (sessions === undefined)
    throw wrong('There is no table PromptSessions in the old database; name it in a mapping file.');
  const biometrics = findTable(tables, 'BiometricData', mapping.biometrics);
  const chosen = choose(sessions, SESSION_NAMES, mapping.sessions);
  if (chosen.columns['prompt'] === undefined)
    throw wrong(`No column of ${sessions.table} is known as the prompt; name it in a mapping file.`);
  return {
    sessions: chosen,
    biometrics: biometrics && choose(biometrics, STATE_NAMES, mapping.biometrics),
  };
}

/** Columns that no role uses. */
export function unmapped({ table, key, columns }: ChosenTable): string[] {
  const used = new Set([...Object.values(columns), key]);
  return table.columns.filter((column) => !used.has(column));
}
