import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileKeySealer } from './file-key-sealer.ts';

const HERE = { ownerId: 'a1', purpose: 'provider:openai' };
const SECRET = 'sk-very-secret';
let folder: string;
let keyFile: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jiwa-sealer-'));
  keyFile = join(folder, 'secrets', 'key');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const lost = (words: RegExp) => ({ code: 'unreadable', message: expect.stringMatching(words) });

describe('fileKeySealer', () => {
  it('opens what it sealed, also after a restart', async () => {
    const sealed = await fileKeySealer({ keyFile }).seal(SECRET, HERE);
    expect(await fileKeySealer({ keyFile }).open(sealed, HERE)).toBe(SECRET);
  });

  it('opens every text, and shows nothing of it sealed', async () => {
    const sealer = fileKeySealer({ keyFile });
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 8 }), async (secret) => {
        const sealed = await sealer.seal(secret, HERE);
        expect(await sealer.open(sealed, HERE)).toBe(secret);
        expect(sealed).not.toContain(secret);
      }),
      { numRuns: 100 },
    );
  });

  it('never seals a secret in the same way twice', async () => {
    const sealer = fileKeySealer({ keyFile });
    expect(await sealer.seal(SECRET, HERE)).not.toBe(await sealer.seal(SECRET, HERE));
  });

  it('opens for the same owner and purpose only', async () => {
    const sealer = fileKeySealer({ keyFile });
    const sealed = await sealer.seal(SECRET, HERE);
    for (const other of [
      { ...HERE, ownerId: 'b2' },
      { ...HERE, purpose: 'provider:other' },
      { ownerId: 'a1","provider', purpose: 'openai' },
    ])
      await expect(sealer.open(sealed, other)).rejects.toMatchObject(lost(/belongs to something else/));
  });

  it('notices every changed bit', async () => {
    const sealer = fileKeySealer({ keyFile });
    const [version, key, data = ''] = (await sealer.seal(SECRET, HERE)).split('.');
    const bytes = Buffer.from(data, 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const text = `${version}.${key}.${changed.toString('base64url')}`;
      await expect(sealer.open(text, HERE)).rejects.toMatchObject({ code: 'unreadable' });
    }
  });

  it.each(['', SECRET, 'v1.short', 'v1.aaaaaaaaaaa.AAAA', 'v2.aaaaaaaaaaa.AAAA'])(
    'refuses what was never sealed, and does not show it: %s',
    async (text) => {
      const error = await fileKeySealer({ keyFile })
        .open(text, HERE)
        .catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'unreadable' });
      expect(inspect(error)).not.toContain(SECRET);
    },
  );

  it('keeps the key where only its user can read it, and leaves nothing else behind', async () => {
    await fileKeySealer({ keyFile }).seal(SECRET, HERE);
    expect((await stat(keyFile)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(folder, 'secrets'))).toEqual(['key']);
  });

  it('makes one key, however many ask for the first one at once', async () => {
    const sealers = Array.from({ length: 20 }, () => fileKeySealer({ keyFile }));
    const sealed = await Promise.all(sealers.map((sealer) => sealer.seal(SECRET, HERE)));
    const last = fileKeySealer({ keyFile });
    for (const text of sealed) expect(await last.open(text, HERE)).toBe(SECRET);
  });

  it('says that the key is gone, and makes no other in its place', async () => {
    const sealer = fileKeySealer({ keyFile });
    const sealed = await sealer.seal(SECRET, HERE);
    await rm(keyFile);
    await expect(sealer.open(sealed, HERE)).rejects.toMatchObject(lost(/is gone.*enter the secret again/));
    expect(await readdir(join(folder, 'secrets'))).toEqual([]);
  });

  it('says that the key is another one', async () => {
    const sealed = await fileKeySealer({ keyFile: join(folder, 'other') }).seal(SECRET, HERE);
    const sealer = fileKeySealer({ keyFile });
    await sealer.seal(SECRET, HERE);
    await expect(sealer.open(sealed, HERE)).rejects.toMatchObject(lost(/not the one/));
  });

  it('says that the key file is damaged, and does not replace it', async () => {
    const sealer = fileKeySealer({ keyFile });
    const sealed = await sealer.seal(SECRET, HERE);
    await writeFile(keyFile, 'half a k');
    await expect(sealer.open(sealed, HERE)).rejects.toMatchObject(lost(/damaged/));
    await expect(sealer.seal(SECRET, HERE)).rejects.toMatchObject(lost(/damaged/));
    expect(await readFile(keyFile, 'utf8')).toBe('half a k');
  });

  it('opens on one machine what another sealed with the same given key, and writes no file', async () => {
    const key = Buffer.alloc(32, 255).toString('base64');
    const sealed = await fileKeySealer({ keyFile, key }).seal(SECRET, HERE);
    const other = fileKeySealer({ keyFile: join(folder, 'elsewhere'), key: `${key}\n` });
    expect(await other.open(sealed, HERE)).toBe(SECRET);
    expect(await readdir(folder)).toEqual([]);
  });

  it('says what to do when another process seals with another key', async () => {
    const key = (byte: number) => Buffer.alloc(32, byte).toString('base64url');
    const sealed = await fileKeySealer({ keyFile, key: key(1) }).seal(SECRET, HERE);
    const given = fileKeySealer({ keyFile, key: key(2) });
    await expect(given.open(sealed, HERE)).rejects.toMatchObject(lost(/Give every process the same one/));
    const own = fileKeySealer({ keyFile });
    await expect(own.open(sealed, HERE)).rejects.toMatchObject(lost(/the same JIWA_SECRETS_KEY/));
  });

  it('takes no given key that is none, and does not show it', () => {
    const opening = () => fileKeySealer({ keyFile, key: 'a pass phrase' });
    expect(opening).toThrow(/32 bytes in base64/);
    expect(opening).not.toThrow(/pass phrase/);
  });
});
