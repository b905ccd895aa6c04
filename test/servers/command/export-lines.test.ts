import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { exportLines } from './export-lines.ts';

it('writes a line a variable', () => {
  expect(exportLines({ A: 'http://127.0.0.1:1', B: 'b' })).toBe(
    "export A='http://127.0.0.1:1'\nexport B='b'\n",
  );
});

it('writes values that a shell reads back unchanged', () => {
  const value = String.raw`it's "$HOME" \n; $(true) &`;
  expect(
    execFileSync('sh', ['-c', `${exportLines({ A: value })} printf %s "$A"`], { encoding: 'utf8' }),
  ).toBe(value);
});
