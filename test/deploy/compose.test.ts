import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { readConfig } from '../../src/config.ts';
import { QUEUES } from '../../src/operations/queues.ts';
import { DEPLOY, yamlOf } from './deploy-files.ts';

const Compose = z.object({
  services: z.record(
    z.string(),
    z.object({
      image: z.string(),
      command: z.array(z.string()).optional(),
      environment: z.record(z.string(), z.string()).default({}),
      env_file: z.array(z.string()).default([]),
      secrets: z.array(z.string()).default([]),
      volumes: z.array(z.string()).default([]),
      ports: z.array(z.string()).default([]),
      depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
      healthcheck: z.looseObject({}).optional(),
    }),
  ),
  volumes: z.record(z.string(), z.null()),
  secrets: z.record(z.string(), z.object({ file: z.string() })),
});

async function compose() {
  const [document] = await yamlOf('deploy/compose.yaml');
  return Compose.parse(document);
}

describe('deploy/compose.yaml', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jiwa-compose-'));
    await promisify(execFile)('sh', [join(DEPLOY, 'make-secrets.sh'), join(folder, 'secrets')]);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test('names only images of a version, and shows only the door of Jiwa, to this machine', async () => {
    const { services } = await compose();
    const images = Object.values(services).map(({ image }) => image);
    expect(images.filter((image) => !/:v?\d+\.\d+\.\d+[\w.-]*$|:15\.\d+-bookworm$/.test(image))).toEqual([]);
    expect(Object.values(services).flatMap(({ ports }) => ports)).toEqual(['127.0.0.1:7411:7411']);
  });

  test('waits for services, and uses volumes and secrets, that there are', async () => {
    const { services, volumes, secrets } = await compose();
    const all = Object.values(services);
    const awaited = all.flatMap(({ depends_on }) => Object.entries(depends_on));
    const absent = awaited.filter(([name]) => services[name] === undefined);
    const silent = awaited.filter(
      ([name, { condition }]) => condition === 'service_healthy' && services[name]?.healthcheck === undefined,
    );
    expect({ absent, silent }).toEqual({ absent: [], silent: [] });
    const mounts = all.flatMap((service) => service.volumes).filter((mount) => !mount.startsWith('./'));
    const used = new Set(mounts.map((mount) => mount.split(':')[0]));
    expect(used).toEqual(new Set(Object.keys(volumes)));
    const read = new Set(all.flatMap((service) => service.secrets));
    expect(read).toEqual(new Set(Object.keys(secrets)));
  });

  test('has every file of secrets made by make-secrets.sh, which others may not reach', async () => {
    const { services, secrets } = await compose();
    const mounted = Object.values(services).flatMap(({ env_file, volumes }) => [
      ...env_file,
      ...volumes.flatMap((volume) => /^\.\/secrets\/[^:]+/.exec(volume)?.[0] ?? []),
    ]);
    const wanted = [...Object.values(secrets).map(({ file }) => file), ...mounted];
    const made = (await readdir(join(folder, 'secrets'))).map((name) => `./secrets/${name}`);
    expect(made.toSorted()).toEqual([...new Set(wanted)].toSorted());
    expect((await stat(join(folder, 'secrets'))).mode % 0o1000).toBe(0o700);
  });

  test('gives the server and the workers a configuration that is right, and every queue somebody', async () => {
    const { services } = await compose();
    const secretsOf = async (names: readonly string[]) =>
      Object.fromEntries(
        await Promise.all(
          names.map(async (name) => [name, (await readFile(join(folder, 'secrets', name), 'utf8')).trim()]),
        ),
      ) as Record<string, string>;
    for (const service of [services['jiwa'], services['worker']]) {
      const { environment = {}, secrets = [] } = service ?? {};
      const given = { ...environment, ...(await secretsOf(secrets)) };
      const interpolated = Object.entries(given).map(([name, value]) => [
        name,
        value.replace(/^\$\{.*:-\}$/, ''),
      ]);
      const config = readConfig(Object.fromEntries(interpolated) as NodeJS.ProcessEnv);
      expect(config).toMatchObject({
        database: { url: expect.stringContaining('@postgres:5432/jiwa') as string },
        bucket: { name: 'jiwa', endpoint: 'http://s3:7070' },
        metrics: { port: 9464 },
      });
    }
    const own = services['jiwa']?.environment['JIWA_WORK_QUEUES']?.split(',') ?? [];
    const command = services['worker']?.command ?? [];
    const others = command[command.indexOf('--queues') + 1]?.split(',') ?? [];
    expect([...own, ...others].toSorted()).toEqual(QUEUES.toSorted());
  });
});
