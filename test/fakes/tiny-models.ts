import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { tinyGguf } from './tiny-gguf.ts';

export interface TinyModels extends Disposable {
  /** Holds the model `tiny`. */
  readonly modelsFolder: string;
  readonly adaptersFolder: string;
  /** Writes a file into the models folder, gives its path. */
  write(name: string, content: Buffer | string): string;
}

/** A folder with a tiny GGUF, removed afterwards. */
export function tinyModels(): TinyModels {
  const parent = mkdtempSync(join(tmpdir(), 'jiwa-gguf-'));
  const write = (name: string, content: Buffer | string) => {
    const path = join(parent, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  };
  write('models/tiny.gguf', tinyGguf());
  return {
    modelsFolder: join(parent, 'models'),
    adaptersFolder: join(parent, 'used-adapters'),
    write: (name, content) => write(join('models', name), content),
    [Symbol.dispose]: () => rmSync(parent, { recursive: true, force: true }),
  };
}
