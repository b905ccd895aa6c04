import { expect, test } from 'vitest';
import { z } from 'zod';
import { queueGauges } from '../../src/app/observing/queue-gauges.ts';
import { readConfig } from '../../src/config.ts';
import { QUEUES } from '../../src/operations/queues.ts';
import { Deployment, type Manifest, deployFiles, kustomized, textOf, yamlOf } from './deploy-files.ts';

const { images, files, manifests } = await kustomized('base');
const deployments = manifests
  .filter(({ kind }) => kind === 'Deployment')
  .map((manifest) => Deployment.parse(manifest));
const containerOf = ({ spec }: z.infer<typeof Deployment>) => spec.template.spec.containers[0];
const namesOf = (kind: string) =>
  manifests.filter((manifest) => manifest.kind === kind).map(({ metadata }) => metadata.name);
const specsOf = <T>(kind: string, Spec: z.ZodType<T>) =>
  manifests.filter((manifest) => manifest.kind === kind).map(({ spec }: Manifest) => Spec.parse(spec));

const Selected = z.object({ selector: z.object({ matchLabels: z.record(z.string(), z.string()) }) });

/** Settings as the pods get them. */
async function settings(): Promise<NodeJS.ProcessEnv> {
  const lines = (await textOf('deploy/kubernetes/base/settings.env')).split('\n');
  return Object.fromEntries(lines.filter((line) => /^[A-Z]/.test(line)).map((line) => line.split(/=(.*)/s)));
}

test('every YAML file of deploy/ is YAML, and every manifest is in a kustomization', async () => {
  const all = (await deployFiles()).filter((path) => path.endsWith('.yaml'));
  for (const path of all) await expect(yamlOf(path)).resolves.not.toEqual([]);
  const base = all.filter((path) => path.includes('/base/')).map((path) => path.split('/').at(-1) ?? '');
  expect(base.toSorted()).toEqual([...files, 'kustomization.yaml'].toSorted());
});

test('the server and two kinds of workers run, of a version that is named', () => {
  expect(namesOf('Deployment')).toEqual(['server', 'worker-ingestion', 'worker-background']);
  expect(images).toEqual([{ name: 'jiwa', newTag: '0.1.0' }]);
  expect(deployments.map((one) => containerOf(one).image)).toEqual(['jiwa', 'jiwa', 'jiwa']);
});

test('probes and services knock at ports there are, and mounts are of volumes there are', () => {
  for (const one of deployments) {
    const { ports, startupProbe, livenessProbe, readinessProbe, volumeMounts } = containerOf(one);
    const names = ports.map(({ name }) => name);
    for (const probe of [startupProbe, livenessProbe, readinessProbe]) {
      expect(names).toContain(probe.httpGet.port);
      expect(['/livez', '/readyz']).toContain(probe.httpGet.path);
    }
    const volumes = one.spec.template.spec.volumes.map(({ name }) => name);
    expect(volumeMounts.map(({ name }) => name)).toEqual(volumes);
    expect(one.spec.template.metadata.labels).toMatchObject(one.spec.selector.matchLabels);
  }
  const Service = z.object({
    selector: z.record(z.string(), z.string()),
    ports: z.array(z.object({ targetPort: z.literal('http') })),
  });
  const [service] = specsOf('Service', Service);
  expect(deployments[0]?.spec.template.metadata.labels).toMatchObject(service?.selector ?? { none: '' });
});

test('scalers and budgets are of deployments there are', () => {
  const Scaled = z.object({ scaleTargetRef: z.object({ name: z.string() }) });
  const scaled = ['HorizontalPodAutoscaler', 'ScaledObject'].flatMap((kind) => specsOf(kind, Scaled));
  expect(scaled.map(({ scaleTargetRef }) => scaleTargetRef.name)).toEqual(namesOf('Deployment'));
  for (const { selector } of specsOf('PodDisruptionBudget', Selected)) {
    const chosen = deployments.filter(({ spec }) =>
      Object.entries(selector.matchLabels).every(
        ([key, value]) => spec.template.metadata.labels[key] === value,
      ),
    );
    expect(chosen).toHaveLength(1);
  }
});

test('workers are counted by a metric there is, of the queues they work on', () => {
  const gauges = queueGauges({ ledger: { systemReads: () => never() }, now: () => 0 });
  // Else KEDA takes a depth that nobody tells for zero, and ends the workers.
  const Trigger = z.object({
    metadata: z.object({ query: z.string(), ignoreNullValues: z.literal('false') }),
  });
  const Scaled = z.object({
    scaleTargetRef: z.object({ name: z.string() }),
    triggers: z.tuple([Trigger]),
  });
  for (const { scaleTargetRef, triggers } of specsOf('ScaledObject', Scaled)) {
    const [, metric, queues, states] =
      /\((jiwa_\w+)\{queue=~"([^"]+)",state=~"([^"]+)"\}/.exec(triggers[0].metadata.query) ?? [];
    expect(gauges.find(({ name }) => name === metric)?.labels).toEqual(['queue', 'state']);
    expect(states).toBe('due|running');
    const args = deployments
      .filter(({ metadata }) => metadata.name === scaleTargetRef.name)
      .map(containerOf)[0]?.args;
    expect(queues?.split('|')).toEqual(args?.[args.indexOf('--queues') + 1]?.split(','));
  }
});

test('every queue has somebody who works on it, once', () => {
  const own = deployments.flatMap(
    (one) =>
      containerOf(one)
        .env.find(({ name }) => name === 'JIWA_WORK_QUEUES')
        ?.value.split(',') ?? [],
  );
  const workers = deployments.flatMap((one) => {
    const { args = [] } = containerOf(one);
    return args.includes('--queues') ? (args[args.indexOf('--queues') + 1]?.split(',') ?? []) : [];
  });
  expect([...own, ...workers].toSorted()).toEqual(QUEUES.toSorted());
});

test('the settings are right, and the port of metrics is the one that is scraped', async () => {
  const config = readConfig(await settings());
  expect(config.metrics).toEqual({ host: '0.0.0.0', port: 9464 });
  for (const one of deployments) {
    expect(containerOf(one).ports).toContainEqual({ name: 'metrics', containerPort: config.metrics?.port });
    expect(one.spec.template.metadata.annotations['prometheus.io/port']).toBe(String(config.metrics?.port));
    const mounts = containerOf(one).volumeMounts.map(({ mountPath }) => mountPath);
    expect(mounts).toContain(config.dataFolder);
    expect(mounts).toContain(config.secretsFolder);
  }
});

test('the backup runs with what the processes have, takes no work, and has a place to write to', async () => {
  const config = readConfig(await settings());
  const Pod = z.object({
    volumes: z.array(z.looseObject({ name: z.string() })),
    containers: z.tuple([
      z.object({
        image: z.literal('jiwa'),
        args: z.tuple([z.literal('sh'), z.literal('-c'), z.string()]),
        env: z.array(z.object({ name: z.string(), value: z.string() })),
        volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string() })),
      }),
    ]),
  });
  const Cron = z.object({
    jobTemplate: z.object({ spec: z.object({ template: z.object({ spec: Pod }) }) }),
  });
  const [cron] = z.tuple([Cron]).parse(specsOf('CronJob', Cron));
  const { volumes, containers } = cron.jobTemplate.spec.template.spec;
  const [{ args, env, volumeMounts }] = containers;
  const mounts = Object.fromEntries(volumeMounts.map(({ mountPath, name }) => [mountPath, name]));
  expect(Object.keys(mounts)).toEqual(expect.arrayContaining([config.dataFolder, config.secretsFolder]));
  const [, target = ''] = /^node bin\/jiwa\.js backup (\S+) &&/.exec(args[2]) ?? [];
  expect(volumes.find(({ name }) => name === mounts[target])).toMatchObject({
    persistentVolumeClaim: { claimName: namesOf('PersistentVolumeClaim')[0] },
  });
  expect(env).toContainEqual({ name: 'JIWA_WORK_QUEUES', value: 'none' });
});

test('pods are given longer to end than the jobs they run', () => {
  for (const one of deployments) {
    const { args = [] } = containerOf(one);
    const grace = args.includes('--grace') ? Number(args[args.indexOf('--grace') + 1]) : 20;
    expect(one.spec.template.spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(grace + 20);
  }
});

function never(): never {
  throw new Error('No ledger is asked here.');
}
