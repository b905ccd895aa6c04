import { z } from 'zod';

const Name = z.string().min(1).max(63);

/** Where a value stands: a column, or a column whose number becomes `value × factor + offset` in our unit. */
const ColumnChoice = z.union([
  Name,
  z.strictObject({ column: Name, factor: z.number().default(1), offset: z.number().default(0) }),
]);
export type ColumnChoice = z.output<typeof ColumnChoice>;

/** Which columns of a table are what; `null` leaves one that would be found by its name unused. */
const TableMapping = z.strictObject({
  schema: Name.optional(),
  table: Name.optional(),
  key: Name.optional().describe('A unique column without nulls; the primary key without it.'),
  columns: z.record(z.string().max(100), ColumnChoice.nullable()).default({}),
});
export type TableMapping = z.infer<typeof TableMapping>;

/** What a mapping file holds. */
export const MigrationMapping = z.strictObject({
  source: Name.optional().describe('Name of the old system in ids; the name of the database without it.'),
  sessions: TableMapping.default({ columns: {} }),
  biometrics: TableMapping.default({ columns: {} }),
});
export type MigrationMapping = z.infer<typeof MigrationMapping>;

export const NewMigration = z.strictObject({
  from: z
    .string()
    .max(2_000)
    .regex(/^postgres(ql)?:\/\/\S+$/u, 'expected postgres://user:password@host:port/database')
    .describe('Address of the old database; kept sealed with the job.'),
  mapping: MigrationMapping.default({
    sessions: { columns: {} },
    biometrics: { columns: {} },
  }),
  user: z.string().min(1).max(500).optional().describe('Only the rows of this user of the old system.'),
  dryRun: z.boolean().default(false).describe('Only says what would be done.'),
});
export type NewMigration = z.infer<typeof NewMigration>;

const Counted = z.object({ reason: z.string(), count: z.number().int(), examples: z.array(z.string()) });

const TableReport = z.object({
  table: z.string(),
  key: z.string(),
  rows: z.number().int(),
  read: z.number().int(),
  mapped: z.record(z.string(), z.string()).describe('What each column is used as.'),
  unmapped: z.array(z.string()).describe('Kept in the truth, not in memory.'),
});
export type TableReport = z.infer<typeof TableReport>;

/** What a migration did, or would do; the result of its job. Nothing that somebody wrote is in it. */
export const MigrationReport = z.object({
  dryRun: z.boolean(),
  source: z.string(),
  tables: z.array(TableReport),
  users: z
    .array(z.object({ user: z.string(), rows: z.number().int() }))
    .optional()
    .describe('Of a dry run: those with the most conversations of the old system.'),
  messages: z.number().int(),
  exchanges: z.number().int(),
  states: z.number().int(),
  newMessages: z.number().int().describe('Messages that were not here before; 0 in a dry run.'),
  files: z.number().int().describe('Files of old rows that are kept; 0 in a dry run.'),
  resumed: z.boolean().describe('It went on where an earlier run was cut off.'),
  problems: z.array(Counted).describe('What could not be mapped, with the first keys.'),
  advice: z.array(z.string()),
});
export type MigrationReport = z.infer<typeof MigrationReport>;
