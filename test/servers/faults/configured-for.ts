import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import type { Environment, ServerName } from '../kinds/server.ts';

const BUCKET = 'jiwa';

/** The environment that lets Jiwa use the server at these addresses, whose bucket is made, and nothing else. */
export async function configuredFor(
  name: ServerName,
  environment: Environment,
): Promise<Record<string, string | undefined>> {
  if (name === 's3') return configuredForS3(environment);
  return {
    postgres: { JIWA_DATABASE_URL: environment['JIWA_TEST_POSTGRES'] },
    redis: { JIWA_REDIS_URL: environment['JIWA_TEST_REDIS'] },
    weaviate: {
      JIWA_WEAVIATE_URL: environment['JIWA_TEST_WEAVIATE'],
      JIWA_WEAVIATE_GRPC: environment['JIWA_TEST_WEAVIATE_GRPC'],
    },
  }[name];
}

async function configuredForS3(environment: Environment): Promise<Record<string, string>> {
  const [endpoint = '', accessKeyId = '', secretAccessKey = ''] = [
    environment['JIWA_TEST_S3'],
    environment['JIWA_TEST_S3_ACCESS_KEY'],
    environment['JIWA_TEST_S3_SECRET_KEY'],
  ];
  const credentials = { accessKeyId, secretAccessKey };
  const s3 = new S3Client({ endpoint, region: 'us-east-1', credentials, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  s3.destroy();
  return {
    JIWA_S3_BUCKET: BUCKET,
    JIWA_S3_ENDPOINT: endpoint,
    JIWA_S3_ACCESS_KEY: accessKeyId,
    JIWA_S3_SECRET_KEY: secretAccessKey,
  };
}
