// Makes the bucket of Jiwa where it is not there yet. Runs in Jiwa's image, with Jiwa's variables and secrets.
import { readFile } from 'node:fs/promises';
import { CreateBucketCommand, HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';

const {
  JIWA_S3_BUCKET: Bucket,
  JIWA_S3_ENDPOINT: endpoint,
  JIWA_S3_REGION: region = 'us-east-1',
} = process.env;
const folder = process.env.JIWA_SECRETS ?? '/run/secrets';
const secret = async (name) => process.env[name] ?? (await readFile(`${folder}/${name}`, 'utf8')).trim();

const client = new S3Client({
  region,
  forcePathStyle: true,
  ...(endpoint && { endpoint }),
  credentials: {
    accessKeyId: await secret('JIWA_S3_ACCESS_KEY'),
    secretAccessKey: await secret('JIWA_S3_SECRET_KEY'),
  },
});
try {
  await client.send(new HeadBucketCommand({ Bucket }));
  console.log(`The bucket ${Bucket} is there.`);
} catch (error) {
  if (error.$metadata?.httpStatusCode !== 404) throw error;
  await client.send(new CreateBucketCommand({ Bucket }));
  console.log(`The bucket ${Bucket} was made.`);
}
