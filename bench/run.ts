import process from 'node:process';
import { toAppError } from '../src/core/errors.ts';
import { BENCHES } from './benches.ts';

const HELP = `Usage: npm run --silent bench -- <benchmark> [options]

Measures the product through its own doors, with its default settings.

${Object.entries(BENCHES)
  .map(([name, { summary }]) => `  ${name.padEnd(14)}${summary}`)
  .join('\n')}

Add --help to one of them for its options.
`;

async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h') {
    process.stdout.write(HELP);
    return 0;
  }
  const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
  if (bench === undefined) {
    process.stderr.write(`There is no benchmark called "${name}".\n\n${HELP}`);
    return 2;
  }
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(`${bench.help}\n`);
    return 0;
  }
  await bench.run(args);
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const { code, message } =
    error instanceof TypeError ? { code: 'invalid-input', message: error.message } : toAppError(error);
  process.stderr.write(`${message}\n`);
  if (code === 'internal') console.error(error);
  process.exitCode = code === 'invalid-input' || code === 'not-found' ? 2 : 1;
}
