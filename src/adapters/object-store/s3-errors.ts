import { S3ServiceException } from '@aws-sdk/client-s3';
import { AppError } from '../../core/errors.ts';

const FULL = new Set([
  'InsufficientStorage',
  'QuotaExceeded',
  'ServiceQuotaExceeded',
  'StorageFull',
  'XMinioStorageFull',
]);

/** What is wrong in the configuration, by the server's code. */
const REFUSALS: Readonly<Record<string, string>> = {
  NoSuchBucket: 'The S3 bucket does not exist.',
  InvalidAccessKeyId: 'The S3 server does not know the access key.',
  SignatureDoesNotMatch: 'The secret key does not fit the access key of the S3 server.',
  AccessDenied: 'The S3 server does not let the access key do this.',
  Forbidden: 'The S3 server does not let the access key do this.',
  CredentialsProviderError:
    'There are no keys for the S3 server: neither JIWA_S3_ACCESS_KEY nor those of AWS.',
  PermanentRedirect: 'The S3 bucket lies in another region than JIWA_S3_REGION.',
  AuthorizationHeaderMalformed: 'The S3 server is in another region than JIWA_S3_REGION.',
};

/** The code of a failed call, as `NoSuchKey`; the system's code, as `ECONNREFUSED`, when no server answered. */
export function s3Code(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (!(error instanceof S3ServiceException) && 'code' in error) return String(error.code);
  return error.name;
}

/** True when there is no object at a key. */
export function isNoObject(error: unknown): boolean {
  return ['NoSuchKey', 'NotFound'].includes(s3Code(error) ?? '');
}

/** True when another request was in the way for a moment. */
export function isConflict(error: unknown): boolean {
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === 409;
}

/** Turns a failed call into an error of ours; the message tells the kind of failure, never the server's words. */
export function s3Error(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const code = s3Code(error) ?? 'unknown error';
  if (isNoObject(error)) return noObject(error);
  if (FULL.has(code) || (error instanceof S3ServiceException && error.$metadata.httpStatusCode === 507)) {
    return new AppError('storage-full', 'The S3 server is full: the object was not stored.', {
      cause: error,
    });
  }
  const message = REFUSALS[code] ?? `The S3 server could not be used (${code}).`;
  return new AppError('unavailable', message, { cause: error });
}

export function noObject(cause?: unknown): AppError {
  return new AppError('not-found', 'The object does not exist.', { cause });
}

export function noS3(): AppError {
  return new AppError('unavailable', 'What answers is no S3 server, or a proxy before it.');
}

/** Runs calls to the server; what fails is thrown as an error of ours. */
export async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw s3Error(error);
  }
}
