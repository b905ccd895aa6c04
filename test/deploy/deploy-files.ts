import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';

export const ROOT = join(import.meta.dirname, '../..');
export const DEPLOY = join(ROOT, 'deploy');

export const textOf = (path: string) => readFile(join(ROOT, path), 'utf8');

/** Every file under deploy/, by its path from the root, but the secrets somebody made there. */
export async function deployFiles(): Promise<string[]> {
  const entries = await readdir(DEPLOY, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1))
    .filter((path) => !path.includes('/secrets/'));
}

/** The documents of a YAML file; a fault in it throws. */
export async function yamlOf(path: string): Promise<unknown[]> {
  // Merge keys are of YAML 1.1, which Compose and Kubernetes read.
  const documents = parseAllDocuments(await textOf(path), { merge: true, version: '1.1' });
  return documents.map((document) => {
    const [fault] = document.errors;
    if (fault !== undefined) throw fault;
    return document.toJS() as unknown;
  });
}

const Labels = z.record(z.string(), z.string());
const Port = z.union([z.string(), z.number()]);
const Probe = z.object({ httpGet: z.object({ path: z.string(), port: Port }) });

const Container = z.object({
  image: z.string(),
  args: z.array(z.string()).optional(),
  env: z.array(z.object({ name: z.string(), value: z.string() })),
  ports: z.array(z.object({ name: z.string(), containerPort: z.number() })),
  startupProbe: Probe,
  livenessProbe: Probe,
  readinessProbe: Probe,
  resources: z.object({
    requests: z.object({ cpu: z.union([z.string(), z.number()]), memory: z.string() }),
    limits: z.object({ memory: z.string() }),
  }),
  volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string() })),
});

export const Deployment = z.object({
  kind: z.literal('Deployment'),
  metadata: z.object({ name: z.string() }),
  spec: z.object({
    selector: z.object({ matchLabels: Labels }),
    template: z.object({
      metadata: z.object({ labels: Labels, annotations: Labels }),
      spec: z.object({
        terminationGracePeriodSeconds: z.number(),
        volumes: z.array(z.object({ name: z.string() })),
        containers: z.tuple([Container]),
      }),
    }),
  }),
});

const Named = z.looseObject({
  kind: z.string(),
  metadata: z.object({ name: z.string() }),
  spec: z.unknown().optional(),
});
export type Manifest = z.infer<typeof Named>;

const Kustomization = z.object({
  resources: z.array(z.string()),
  images: z.array(z.object({ name: z.string(), newTag: z.string() })).default([]),
});

/** The kustomization of a folder below deploy/kubernetes, and what lies in the files it names. */
export async function kustomized(folder: string) {
  const path = `deploy/kubernetes/${folder}`;
  const [top] = await yamlOf(`${path}/kustomization.yaml`);
  const { resources, images } = Kustomization.parse(top);
  const files = resources.filter((name) => name.endsWith('.yaml'));
  const documents = await Promise.all(files.map((name) => yamlOf(`${path}/${name}`)));
  return { images, files, manifests: documents.flat().map((document) => Named.parse(document)) };
}
