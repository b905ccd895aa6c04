import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { bundledModelFolder } from './bundled-model.ts';

export interface TestFolder extends Disposable {
  readonly path: string;
  /** Content that is not text is stored as JSON. */
  write(name: string, content: unknown): void;
}

/** For tests: a folder that is removed afterwards. */
export function testFolder(name = 'folder'): TestFolder {
  const parent = mkdtempSync(join(tmpdir(), 'jiwa-embedder-'));
  const path = join(parent, name);
  mkdirSync(path);
  return {
    path,
    write(file, content) {
      mkdirSync(dirname(join(path, file)), { recursive: true });
      writeFileSync(join(path, file), typeof content === 'string' ? content : JSON.stringify(content));
    },
    [Symbol.dispose]: () => rmSync(parent, { recursive: true, force: true }),
  };
}

/** For tests: the bundled weights and tokenizer under another description. */
export function minilmFolder(
  name: string,
  config: unknown = { model_type: 'bert', hidden_size: 384 },
): TestFolder {
  const folder = testFolder(name);
  for (const file of ['tokenizer.json', 'tokenizer_config.json'])
    cpSync(join(bundledModelFolder(), file), join(folder.path, file));
  symlinkSync(join(bundledModelFolder(), 'model.onnx'), join(folder.path, 'model.onnx'));
  folder.write('config.json', config);
  return folder;
}
