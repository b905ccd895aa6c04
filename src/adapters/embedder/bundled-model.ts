import { fileURLToPath } from 'node:url';

/** Folder of the encoder that comes with Jiwa; sources and build lie equally deep below the installation. */
export function bundledModelFolder(): string {
  return fileURLToPath(new URL('../../../models/all-MiniLM-L6-v2', import.meta.url));
}
