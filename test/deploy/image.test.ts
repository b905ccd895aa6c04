import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { ROOT, deployFiles, textOf } from './deploy-files.ts';

test('the image takes what the builder is given, and all of that is there', async () => {
  const dockerfile = await textOf('deploy/Dockerfile');
  const copied = [...dockerfile.matchAll(/^COPY (.+) \S+$/gm)].flatMap(([, sources = '']) =>
    sources.split(' '),
  );
  const given = [...(await textOf('.dockerignore')).matchAll(/^!(.+)$/gm)].map(([, path = '']) => path);
  expect(copied.toSorted()).toEqual(given.toSorted());
  for (const path of copied) await access(join(ROOT, path));
});

test('folders that the sources read beside themselves are in the image', async () => {
  const copied = await textOf('deploy/Dockerfile');
  for (const folder of ['bin', 'src', 'models', 'personas', 'demo'])
    expect(copied).toContain(`COPY ${folder} ${folder}\n`);
});

test('the image has the Node that the tests run on', async () => {
  const { devDependencies } = z
    .object({ devDependencies: z.object({ node: z.string() }) })
    .parse(JSON.parse(await textOf('package.json')));
  expect(await textOf('deploy/Dockerfile')).toContain(`FROM node:${devDependencies.node}-bookworm-slim\n`);
});

test('what Railway reads names the Dockerfile, and a path of health that exists', async () => {
  const files = (await deployFiles()).filter((path) => path.startsWith('deploy/railway/'));
  expect(files).toHaveLength(2);
  const Service = z.object({
    build: z.object({ dockerfilePath: z.literal('deploy/Dockerfile') }),
    deploy: z.object({
      startCommand: z.string().regex(/node bin\/jiwa\.js (start|worker)/),
      healthcheckPath: z.literal('/readyz').optional(),
    }),
  });
  for (const file of files) Service.parse(JSON.parse(await textOf(file)));
});
