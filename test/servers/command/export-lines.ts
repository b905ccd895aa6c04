import type { Environment } from '../kinds/server.ts';

/** One line `export NAME='value'` a variable, for `eval` in a shell. */
export function exportLines(environment: Environment): string {
  return Object.entries(environment)
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", String.raw`'\''`)}'\n`)
    .join('');
}
