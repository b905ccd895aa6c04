import { expect, test } from 'vitest';
import type { OldTable } from '../../ports/old-database.ts';
import { MigrationMapping } from '../../wire/migration.ts';
import { chooseTables, unmapped } from './choose-columns.ts';

const table = (name: string, columns: readonly string[], more: Partial<OldTable> = {}): OldTable => ({
  schema: 'public',
  table: name,
  columns,
  primaryKey: ['id'],
  ...more,
});
const SESSIONS = table('PromptSessions', ['id', 'prompt', 'response', 'createdAt', 'tokens']);
const BIOMETRICS = table('BiometricData', ['id', 'sessionId', 'heartRate', 'device']);
const choose = (tables: readonly OldTable[], mapping: unknown = {}) =>
  chooseTables(tables, MigrationMapping.parse(mapping));

test('tables and columns are found by their usual names, whatever the case and the signs between', () => {
  const sessions = table('prompt_sessions', ['id', 'USER_PROMPT', 'ai-response', 'created_at']);
  const biometrics = table('biometricdata', ['id', 'prompt_session_id', 'heart_rate', 'SpO2']);
  const chosen = choose([sessions, biometrics]);
  expect(chosen.sessions.columns).toEqual({
    prompt: 'USER_PROMPT',
    answer: 'ai-response',
    time: 'created_at',
  });
  expect(chosen.biometrics?.columns).toEqual({
    session: 'prompt_session_id',
    heartRate: 'heart_rate',
    oxygenSaturation: 'SpO2',
  });
});

test('what the mapping says wins, null leaves a column out, and no column is used twice', () => {
  const chosen = choose([SESSIONS], { sessions: { columns: { prompt: 'response', time: null } } });
  expect(chosen.sessions.columns).toEqual({ prompt: 'response' });
  expect(unmapped(chosen.sessions)).toEqual(['prompt', 'createdAt', 'tokens']);
});

test('the more telling name of two is taken', () => {
  const sessions = table('PromptSessions', ['id', 'message', 'prompt']);
  expect(choose([sessions]).sessions.columns).toEqual({ prompt: 'prompt' });
});

test('units are given where they differ', () => {
  const columns = { heartRate: { column: 'device', factor: 60 } };
  expect(choose([SESSIONS, BIOMETRICS], { biometrics: { columns } }).biometrics).toMatchObject({
    columns: { heartRate: 'device' },
    units: { heartRate: [60, 0] },
  });
});

test('without a table of biometrics the sessions are moved alone', () => {
  expect(choose([SESSIONS]).biometrics).toBeUndefined();
});

test.each([
  ['no sessions', [BIOMETRICS], {}, /no table PromptSessions/],
  ['a table that is not there', [SESSIONS], { biometrics: { table: 'Vitals' } }, /no table Vitals/],
  ['two that fit', [SESSIONS, { ...SESSIONS, schema: 'old' }], {}, /old\.PromptSessions.*Name schema/],
  ['a role that is none', [SESSIONS], { sessions: { columns: { mood: 'id' } } }, /nothing called mood/],
  ['a column that is none', [SESSIONS], { sessions: { columns: { title: 'x' } } }, /no column x/],
  ['no prompt', [table('PromptSessions', ['id'])], {}, /as the prompt/],
  ['a key of two columns', [{ ...SESSIONS, primaryKey: ['id', 'tokens'] }], {}, /primary key of one column/],
])('refuses %s', (_, tables, mapping, message) => {
  expect(() => choose(tables, mapping)).toThrow(message);
});
