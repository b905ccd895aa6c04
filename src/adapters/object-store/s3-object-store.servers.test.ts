import { objectStagingContract } from '../../../test/contracts/object-staging.ts';
import { objectStoreContract } from '../../../test/contracts/object-store.ts';
import { newBucket } from '../../../test/servers/s3-bucket.ts';
import { openS3ObjectStore } from './s3-object-store.ts';

const open = async () => openS3ObjectStore(await newBucket());

objectStoreContract('s3', open);
objectStagingContract('s3', open);
