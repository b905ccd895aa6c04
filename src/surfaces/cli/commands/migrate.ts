import type { Command } from 'commander';
import { AppError } from '../../../core/errors.ts';
import { MigrationMapping, MigrationReport, NewMigration } from '../../../wire/migration.ts';
import type { Cli } from '../cli.ts';
import { addCommand } from '../command.ts';
import { connected, finishJobs } from '../connect.ts';
import { followJob } from '../follow-job.ts';
import { readJsonFile } from '../read-json-file.ts';
import { migrationLines } from '../views/migration-view.ts';

interface Options {
  readonly from?: string;
  readonly mapping?: string;
  readonly user?: string;
  readonly dryRun?: true;
  readonly wait: boolean;
}

async function wanted(cli: Cli, { from, mapping, user, dryRun }: Options): Promise<NewMigration> {
  const address = from ?? cli.host.oldDatabaseUrl;
  if (address === undefined)
    throw new AppError('invalid-input', 'Say which database: --from, or JIWA_OLD_DATABASE_URL.');
  const parsed = NewMigration.safeParse({
    from: address,
    ...(mapping === undefined ? {} : { mapping: await readJsonFile(mapping, MigrationMapping) }),
    ...(user === undefined ? {} : { user }),
    dryRun: dryRun ?? false,
  });
  if (parsed.success) return parsed.data;
  // The issues tell what is wrong, not the address, which holds a password.
  throw new AppError('invalid-input', parsed.error.issues.map(({ message }) => message).join('; '));
}

async function migrate(cli: Cli, options: Options): Promise<void> {
  const body = await wanted(cli, options);
  await connected(cli, async (connection) => {
    const { jobId } = await connection.client.call('migrateFromPostgres', { body }, cli.signal);
    if (!options.wait) {
      cli.show({ jobId }, () => [`Started; see how it goes on: jiwa jobs show ${jobId}`]);
      return;
    }
    const job = await followJob(cli, connection, jobId, body.dryRun ? 'Reading' : 'Moving');
    if (!body.dryRun) await finishJobs(cli, connection);
    cli.show(MigrationReport.parse(job.result), migrationLines);
  });
}

/** `jiwa migrate-from-postgres`: an old PostgreSQL-first deployment into memory. */
export function addMigrate(program: Command, cli: Cli): void {
  addCommand(program, cli, 'migrate-from-postgres', {
    summary: 'Move an old PostgreSQL-first deployment into memory',
    about:
      'Reads the tables PromptSessions and BiometricData, changes nothing there, and keeps every row as it was.\n' +
      'Prompts and answers become conversations, biometrics become states. Doing it again changes nothing;\n' +
      'cut off, it goes on where it was. Only for hosts of the first space, who are host of the space it goes into.\n' +
      'A mapping file names what is called otherwise; docs/migrating.md says how.',
    examples: [
      'migrate-from-postgres --from postgres://reader@db.example/old --dry-run',
      'migrate-from-postgres --mapping old.json --user 42 --space mira',
    ],
  })
    .option(
      '--from <address>',
      'the old database; JIWA_OLD_DATABASE_URL by default, which no list of processes shows',
    )
    .option('--mapping <file>', 'JSON that names tables and columns that are called otherwise')
    .option('--user <id>', 'only the rows of this user of the old system')
    .option('--dry-run', 'only say what would be done')
    .option('--no-wait', 'return at once')
    .action(async (options: Options) => migrate(cli, options));
}
