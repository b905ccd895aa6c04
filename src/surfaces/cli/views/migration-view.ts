import type { MigrationReport, TableReport } from '../../../wire/migration.ts';
import { count, outOf } from '../format.ts';
import { oneLine, truncate } from '../plain-text.ts';

function tableLines({ table, key, rows, read, mapped, unmapped }: TableReport): string[] {
  const uses = Object.entries(mapped).map(([column, role]) =>
    column === role ? role : `${column} as ${role}`,
  );
  const none = 'all of its columns';
  return [
    `${table}: read ${outOf(read, rows)} rows by ${key}`,
    `  used: ${uses.join(', ')}`,
    `  kept, not in memory: ${unmapped.length === 0 ? `nothing; it uses ${none}` : unmapped.join(', ')}`,
  ];
}

function cameTo(report: MigrationReport): string {
  const { dryRun, messages, exchanges, states, newMessages, files } = report;
  const things = `${count(messages, 'message')}, ${count(exchanges, 'exchange')}, ${count(states, 'state')}`;
  if (dryRun) return `Would be moved: ${things}. Nothing was written.`;
  return `Moved: ${things}; ${count(newMessages, 'message')} new here. ${count(files, 'file')} of old rows kept.`;
}

/** What a migration did or would do, and what it could not map. */
export function migrationLines(report: MigrationReport): string[] {
  const users = (report.users ?? []).map(({ user, rows }) => `  ${user}: ${count(rows, 'row')}`);
  return [
    ...report.tables.flatMap(tableLines),
    ...(users.length === 0 ? [] : ['Users with the most rows:', ...users]),
    ...(report.resumed ? ['Went on where an earlier run was cut off.'] : []),
    cameTo(report),
    ...report.problems.map(
      ({ reason, count: n, examples }) =>
        `${n.toLocaleString('en')} × ${reason}, for example ${truncate(examples.map(oneLine).join(', '), 120)}`,
    ),
    ...report.advice,
  ].map((line) => `${/^ */u.exec(line)?.[0] ?? ''}${oneLine(line)}`);
}
