import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { streamOf } from '../../../test/fakes/bytes.ts';
import { OWNER_A } from '../../../test/fakes/ctx.ts';
import { recordingLog } from '../../../test/fakes/recording-log.ts';
import {
  BUCKET,
  type S3Answers,
  type S3Reply,
  s3Answers,
  s3Failure,
} from '../../../test/fakes/s3-answers.ts';
import { objectKeys } from '../../core/object-keys.ts';
import { openS3ObjectStore } from './s3-object-store.ts';

const DOCUMENT = '11111111-1111-4111-8111-111111111111';
const KEY = objectKeys.original(DOCUMENT, 'txt');
const CHUNKS = objectKeys.chunks(DOCUMENT);
const truth = { durable: true } as const;
const never = new AbortController().signal;
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jiwa-s3-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const log = recordingLog();
const open = ({ url }: S3Answers) =>
  openS3ObjectStore({
    bucket: BUCKET,
    endpoint: url,
    region: 'us-east-1',
    keys: { access: 'a', secret: 's' },
    receivedFolder: folder,
    now: Date.now,
    log,
  });
const puts = ({ requests }: S3Answers) => requests.filter(({ method }) => method === 'PUT');

describe('what is sent', () => {
  it('sends the bytes as they are, with their hash in the signed head', async () => {
    await using server = await s3Answers(() => undefined);
    const store = await open(server);
    await store.put(OWNER_A, KEY, 'żółw', truth);
    const [put] = puts(server);
    expect(put?.path).toBe(`/${BUCKET}/tenant/${OWNER_A}/${KEY}?x-id=PutObject`);
    expect(put?.body.toString()).toBe('żółw');
    expect(put?.headers['x-amz-content-sha256']).toBe(sha256('żółw'));
  });

  it('makes three tries and no more', async () => {
    await using server = await s3Answers(({ method }) =>
      method === 'PUT' ? s3Failure(503, 'SlowDown') : undefined,
    );
    const store = await open(server);
    await expect(store.put(OWNER_A, KEY, 'x', truth)).rejects.toMatchObject({ code: 'unavailable' });
    expect(puts(server)).toHaveLength(3);
  });
});

describe('truth', () => {
  const there = (text: string): S3Reply => ({
    status: 200,
    headers: { 'x-amz-meta-sha256': sha256(text), 'content-length': String(text.length) },
  });
  const conditional = (text: string) =>
    s3Answers(({ method, headers }) => {
      if (method === 'HEAD') return there(text);
      return headers['if-none-match'] === '*' ? s3Failure(412, 'PreconditionFailed') : undefined;
    });

  it('is not written again when the same bytes are there', async () => {
    await using server = await conditional('same');
    const store = await open(server);
    await (await store.stage(OWNER_A, streamOf('same'), 10, never)).commit(KEY);
    expect(puts(server)).toHaveLength(1);
  });

  it('is tried again when another writer is in the way', async () => {
    let busy = 2;
    await using server = await s3Answers(({ method }) =>
      method === 'PUT' && busy-- > 0 ? s3Failure(409, 'ConditionalRequestConflict') : undefined,
    );
    const store = await open(server);
    await store.put(OWNER_A, KEY, 'x', truth);
    expect(puts(server)).toHaveLength(3);
  });

  it('replaces other bytes', async () => {
    await using server = await conditional('other');
    const store = await open(server);
    await store.put(OWNER_A, KEY, 'mine!', truth);
    expect(puts(server).map(({ headers }) => headers['if-none-match'])).toEqual(['*', undefined]);
  });

  it.each([
    [501, 'NotImplemented'],
    [400, 'InvalidArgument'],
  ])('is stored by a server that knows no conditions (%i), which is then asked no more', async (...no) => {
    await using server = await s3Answers(({ headers }) =>
      headers['if-none-match'] === undefined ? undefined : s3Failure(...no),
    );
    const store = await open(server);
    await store.put(OWNER_A, KEY, 'one', truth);
    await store.put(OWNER_A, KEY, 'two', truth);
    expect(puts(server).map(({ headers }) => headers['if-none-match'])).toEqual(['*', undefined, undefined]);
  });
});

describe('removal of many', () => {
  const keys = Array.from({ length: 1_500 }, (_, n) => `tenant/${OWNER_A}/${objectKeys.chunk(DOCUMENT, n)}`);
  const page = (of: readonly string[], more: string) =>
    `<ListBucketResult>${of.map((key) => `<Contents><Key>${key}</Key><Size>1</Size></Contents>`).join('')}${more}</ListBucketResult>`;
  const listed = (path: string) =>
    path.includes('continuation-token=next')
      ? page(keys.slice(1_000), '')
      : page(
          keys.slice(0, 1_000),
          '<IsTruncated>true</IsTruncated><NextContinuationToken>next</NextContinuationToken>',
        );
  const bucket = (answer: string) =>
    s3Answers(({ method, path }) => {
      if (method === 'POST') return { status: 200, body: answer };
      return path.includes('chunks') ? { status: 200, body: listed(path) } : undefined;
    });

  it('goes by pages and batches of a thousand, with the header that older servers ask for', async () => {
    await using server = await bucket('<DeleteResult/>');
    const store = await open(server);
    expect(await store.removeAll(OWNER_A, CHUNKS)).toBe(1_500);
    const removals = server.requests.filter(({ method }) => method === 'POST');
    expect(removals.map(({ body }) => body.toString().split('<Key>').length - 1)).toEqual([1_000, 500]);
    for (const { headers, body } of removals) {
      expect(headers['content-md5']).toBe(createHash('md5').update(body).digest('base64'));
    }
  });

  it('fails when the server keeps one of them', async () => {
    const kept = `<DeleteResult><Error><Key>${keys[0]}</Key><Code>AccessDenied</Code></Error></DeleteResult>`;
    await using server = await bucket(kept);
    const store = await open(server);
    await expect(store.removeAll(OWNER_A, CHUNKS)).rejects.toMatchObject({
      code: 'unavailable',
      details: { kept: 1, code: 'AccessDenied' },
    });
  });
});

describe('failures', () => {
  it.each([
    [507, 'InsufficientStorage', 'storage-full'],
    [403, 'QuotaExceeded', 'storage-full'],
    [403, 'AccessDenied', 'unavailable'],
    [404, 'NoSuchBucket', 'unavailable'],
    [418, 'Strange', 'unavailable'],
  ])('turns %i %s into %s, without the words of the server', async (status, code, expected) => {
    await using server = await s3Answers(({ method }) =>
      method === 'PUT' ? s3Failure(status, code) : undefined,
    );
    const store = await open(server);
    await expect(store.put(OWNER_A, KEY, 'x', truth)).rejects.toMatchObject({
      code: expected,
      message: expect.not.stringContaining('words of the server') as unknown as string,
    });
  });

  it.each(['<html>Welcome!</html>', 'Welcome!', '{}', ''])(
    'opens no server that answers everything with %j',
    async (body) => {
      await using server = await s3Answers(() => ({ status: 200, body }));
      await expect(open(server)).rejects.toMatchObject({ code: 'unavailable' });
    },
  );

  it('takes nothing for stored that a proxy said yes to', async () => {
    await using server = await s3Answers(({ method }) =>
      method === 'PUT' ? { status: 200, headers: { etag: '' }, body: 'Welcome!' } : undefined,
    );
    const store = await open(server);
    await expect(store.put(OWNER_A, KEY, 'x', truth)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('warns at opening of a bucket that keeps what is removed', async () => {
    await using server = await s3Answers(({ path }) =>
      path.includes('versioning')
        ? {
            status: 200,
            body: '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>',
          }
        : undefined,
    );
    await open(server);
    expect(log.entries).toContainEqual(expect.objectContaining({ event: 'bucket-keeps-versions' }));
  });
});
