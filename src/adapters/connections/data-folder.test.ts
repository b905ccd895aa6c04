import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findHolder } from './data-folder-lock.ts';
import { openDataFolder } from './data-folder.ts';

let parent: string;
let path: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'jiwa-folder-'));
  path = join(parent, 'data');
});
afterEach(() => rm(parent, { recursive: true, force: true }));

const open = () => openDataFolder({ path, now: () => 7 });

/** Another process that owns the folder and says so. */
async function owningProcess(): Promise<ChildProcess> {
  const code = `
    import { openDataFolder } from ${JSON.stringify(new URL('./data-folder.ts', import.meta.url).href)};
    const folder = await openDataFolder({ path: ${JSON.stringify(path)}, now: Date.now });
    await folder.setUrl('http://127.0.0.1:4711');
    console.log('open');
    setInterval(() => {}, 60_000);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

describe('data folder', () => {
  it('is made for this user only, also when it was there with wider rights', async () => {
    await mkdir(path);
    await chmod(path, 0o755);
    const folder = await open();
    expect((await stat(path)).mode & 0o777).toBe(0o700);
    await folder.close();
  });

  it('writes who owns it, with the address once there is one', async () => {
    const folder = await open();
    const written = async () => JSON.parse(await readFile(join(path, 'jiwa.lock'), 'utf8')) as unknown;
    expect(await written()).toMatchObject({ pid: process.pid, url: null, startedAt: 7 });
    await folder.setUrl('http://127.0.0.1:1');
    expect(await written()).toMatchObject({ pid: process.pid, url: 'http://127.0.0.1:1' });
    expect((await stat(join(path, 'jiwa.lock'))).mode & 0o777).toBe(0o600);
    await folder.close();
  });

  it('refuses a second opener in this process', async () => {
    const folder = await open();
    await expect(open()).rejects.toMatchObject({ code: 'conflict' });
    await folder.close();
  });

  it('refuses a second process, naming pid and address of the first, until that is killed', async () => {
    const owner = await owningProcess();
    await expect(open()).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(
        new RegExp(`process ${owner.pid} .*http://127\\.0\\.0\\.1:4711`),
      ) as unknown,
      details: { pid: owner.pid, url: 'http://127.0.0.1:4711' },
    });
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    const folder = await open();
    expect(await findHolder(path)).toMatchObject({ pid: process.pid, url: null });
    await folder.close();
  });

  it('is taken over from a lock file whose writer is gone, even when its pid lives again', async () => {
    await mkdir(path);
    await writeFile(
      join(path, 'jiwa.lock'),
      JSON.stringify({ pid: process.ppid, url: 'http://127.0.0.1:1', startedAt: 1, host: 'elsewhere' }),
    );
    expect(await findHolder(path)).toBeUndefined();
    await (await open()).close();
  });

  it('tells who owns it while somebody does, and does not free it by looking', async () => {
    expect(await findHolder(path)).toBeUndefined();
    const folder = await open();
    await folder.setUrl('http://127.0.0.1:2');
    expect(await findHolder(path)).toMatchObject({ pid: process.pid, url: 'http://127.0.0.1:2' });
    await expect(open()).rejects.toMatchObject({ code: 'conflict' });
    await folder.close();
    expect(await findHolder(path)).toBeUndefined();
  });

  it('can be opened again after it was closed', async () => {
    await (await open()).close();
    const again = await open();
    expect(await findHolder(path)).toMatchObject({ pid: process.pid });
    await again.close();
  });

  it('says when the folder cannot be made', async () => {
    await writeFile(path, 'a file');
    await expect(open()).rejects.toMatchObject({ code: 'unavailable' });
  });
});
