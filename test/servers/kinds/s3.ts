import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '../../../src/core/ids.ts';
import { goProgram } from './go-program.ts';
import { reachHttp } from './reach-http.ts';
import type { Environment, Launch, Place, Server } from './server.ts';

const VERSITYGW = {
  module: 'github.com/versity/versitygw',
  folder: 'cmd/versitygw',
  version: 'v1.8.0',
  buildTime: 'a minute or two',
};
const HEALTH_PATH = '/health';

/** versitygw over a folder. Metadata lies in a folder beside, since not every file system has extended attributes. */
export const s3: Server = {
  name: 's3',
  title: `versitygw ${VERSITYGW.version}`,
  variables: ['JIWA_TEST_S3', 'JIWA_TEST_S3_ACCESS_KEY', 'JIWA_TEST_S3_SECRET_KEY'],
  portCount: 1,
  stopSignal: 'SIGTERM',
  prepare,
  reach,
};

async function prepare(place: Place): Promise<Launch> {
  const program = await goProgram(VERSITYGW, place);
  const [data, meta, versions, iam] = ['data', 'meta', 'versions', 'iam'].map((part) =>
    join(place.folder, part),
  ) as [string, string, string, string];
  for (const folder of [data, meta, versions, iam]) await mkdir(folder, { mode: 0o700 });
  const address = `127.0.0.1:${place.ports[0]}`;
  const accessKey = 'jiwa';
  const secretKey = newId();
  return {
    program,
    args: [
      `--port=${address}`,
      '--region=us-east-1',
      `--iam-dir=${iam}`,
      `--health=${HEALTH_PATH}`,
      '--quiet',
      'posix',
      `--sidecar=${meta}`,
      `--versioning-dir=${versions}`,
      data,
    ],
    env: { ROOT_ACCESS_KEY: accessKey, ROOT_SECRET_KEY: secretKey },
    environment: {
      JIWA_TEST_S3: `http://${address}`,
      JIWA_TEST_S3_ACCESS_KEY: accessKey,
      JIWA_TEST_S3_SECRET_KEY: secretKey,
    },
  };
}

async function reach(environment: Environment, signal: AbortSignal): Promise<void> {
  await reachHttp(`${environment['JIWA_TEST_S3']}${HEALTH_PATH}`, signal);
}
