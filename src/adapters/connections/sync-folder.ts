import { open } from 'node:fs/promises';

/** Puts a folder's list of names on stable storage. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // Windows cannot sync folders; its file system orders renames by itself.
    if (process.platform !== 'win32') throw error;
  } finally {
    await handle.close();
  }
}
