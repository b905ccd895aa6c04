import type { TestDatabase } from '../postgres-database.ts';

/** Rows of the old deployment; every session has two windows of biometrics, and some windows have no session. */
export interface OldSizes {
  readonly sessions: number;
  readonly orphans: number;
}

/** Whoever moves it may only read: the role has the name of the database. */
const READING = `do $$ begin execute format('grant pg_read_all_data to %I', current_database()); end $$`;

async function run(database: TestDatabase, statements: readonly string[]): Promise<void> {
  for (const sql of [...statements, READING]) await database.run(sql);
}

/** Tables and columns as the old product had them, with nulls, odd values and columns nobody knows. */
export async function usualDeployment(
  database: TestDatabase,
  { sessions, orphans }: OldSizes,
): Promise<void> {
  await run(database, [
    `create table "PromptSessions" (
      id bigint primary key, "userId" text, prompt text, response text, "createdAt" timestamptz,
      strategy varchar(40), effectiveness numeric(4, 3), "modelConfig" jsonb, tokens int)`,
    `create table "BiometricData" (
      id uuid primary key, "sessionId" bigint, "heartRate" numeric, hrv double precision, gsr text,
      "recordedAt" timestamp, device text)`,
    `insert into "PromptSessions"
      select n, 'mira', case when n % 97 = 0 then null when n % 89 = 0 then '  ' else 'Question ' || n || ' about tea?' end,
        case when n % 53 = 0 then null else 'Answer ' || n || ': steep it.' end,
        timestamptz '2024-05-01 10:00:00+00' + n * interval '1 minute',
        case when n % 2 = 0 then 'socratic' end, case when n % 41 = 0 then 3.5 else 0.5 end,
        '{"temperature": 0.70}', n
      from generate_series(1, ${sessions}) n`,
    `insert into "BiometricData"
      select md5('window ' || n)::uuid, 1 + (n - 1) / 2, case when n % 71 = 0 then 0 else 60 + n % 40 end,
        case when n % 67 = 0 then 'NaN'::float8 else 30 + n % 20 end,
        case when n % 61 = 0 then 'high' when n % 59 = 0 then null else '4.5' end,
        timestamp '2024-05-01 10:00:00' + n * interval '30 seconds', 'band'
      from generate_series(1, ${sessions * 2}) n`,
    `insert into "BiometricData"
      select md5('orphan ' || n)::uuid, null, 70, 40, '5', timestamp '2024-06-01 10:00:00', 'band'
      from generate_series(1, ${orphans}) n`,
    `insert into "BiometricData" (id, "sessionId") values (md5('empty')::uuid, 1)`,
  ]);
}

/** The same idea under other names, of two people, in a schema of its own. */
export async function otherDeployment(database: TestDatabase): Promise<void> {
  await run(database, [
    `create schema legacy`,
    `create table legacy.talks (nr int unique not null, who uuid, ask text, reply text, at_ms bigint, thread text, stars int)`,
    `create table legacy.vitals (id int primary key, talk text, pulse int, temp_f real, at timestamptz)`,
    `insert into legacy.talks select n, case when n <= 60 then md5('a')::uuid else md5('b')::uuid end,
      'Ask ' || n, 'Reply ' || n, 1714557600000 + n * 60000, 'thread ' || n % 3, 1 + n % 5
      from generate_series(1, 100) n`,
    `insert into legacy.vitals select n, n::text, 80, 98.6, timestamptz '2024-05-01 10:00:00+02'
      from generate_series(1, 100) n`,
  ]);
}

/** How the other names are told. */
export const OTHER_NAMES = {
  source: 'legacy',
  sessions: {
    schema: 'legacy',
    table: 'talks',
    key: 'nr',
    columns: {
      prompt: 'ask',
      answer: 'reply',
      time: 'at_ms',
      conversation: 'thread',
      user: 'who',
      effectiveness: { column: 'stars', factor: 0.25, offset: -0.25 },
    },
  },
  biometrics: {
    schema: 'legacy',
    table: 'vitals',
    columns: {
      session: 'talk',
      heartRate: 'pulse',
      bodyTemperature: { column: 'temp_f', factor: 5 / 9, offset: -160 / 9 },
      time: 'at',
    },
  },
};
