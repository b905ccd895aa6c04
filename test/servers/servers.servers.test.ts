import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListBucketsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { newId } from '../../src/core/ids.ts';
import { redisAnswers } from './redis-answers.ts';
import { serverVariable } from './variables.ts';

describe('PostgreSQL', () => {
  it('is version 15 and takes a superuser who may make databases', async () => {
    const client = new Client({ connectionString: serverVariable('JIWA_TEST_POSTGRES') });
    const database = `test_${newId().replaceAll('-', '')}`;
    await client.connect();
    try {
      await client.query(`create database ${database}`);
      await client.query(`drop database ${database}`);
      const { rows } = await client.query(
        "select current_setting('server_version_num')::int / 10000 as major, current_setting('is_superuser') as superuser",
      );
      expect(rows).toEqual([{ major: 15, superuser: 'on' }]);
    } finally {
      await client.end();
    }
  });

  it('refuses a wrong password', async () => {
    const url = new URL(serverVariable('JIWA_TEST_POSTGRES'));
    url.password = 'wrong';
    await expect(new Client({ connectionString: url.href }).connect()).rejects.toThrow('password');
  });
});

describe('S3', () => {
  function s3Client(secretAccessKey: string): S3Client {
    return new S3Client({
      endpoint: serverVariable('JIWA_TEST_S3'),
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId: serverVariable('JIWA_TEST_S3_ACCESS_KEY'), secretAccessKey },
    });
  }

  it('gives back a streamed object byte by byte', async () => {
    const client = s3Client(serverVariable('JIWA_TEST_S3_SECRET_KEY'));
    const at = { Bucket: `test-${newId()}`, Key: 'a/b.txt' };
    const written = 'mangrove '.repeat(100_000);
    await client.send(new CreateBucketCommand({ Bucket: at.Bucket }));
    await client.send(
      new PutObjectCommand({
        ...at,
        Body: Readable.from([Buffer.from(written)]),
        ContentLength: written.length,
      }),
    );
    const { Body } = await client.send(new GetObjectCommand(at));
    expect(await text(Body as Readable)).toBe(written);
    client.destroy();
  });

  it('refuses a wrong secret', async () => {
    const client = s3Client('wrong');
    await expect(client.send(new ListBucketsCommand())).rejects.toThrow('signature');
    client.destroy();
  });
});

describe('Redis', () => {
  it('is version 7 and set up for a queue: nothing evicted, every write on disk', async () => {
    const [set, get, policy, appendOnly, info] = await redisAnswers(serverVariable('JIWA_TEST_REDIS'), [
      'SET jiwa-test mangrove PX 1000',
      'GET jiwa-test',
      'CONFIG GET maxmemory-policy',
      'CONFIG GET appendonly',
      'INFO server',
    ]);
    expect({ set, get }).toEqual({ set: '+OK', get: expect.stringContaining('mangrove') });
    expect(policy).toContain('noeviction');
    expect(appendOnly).toContain('yes');
    expect(info).toContain('redis_version:7.');
  });
});

describe('Weaviate', () => {
  async function call(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${serverVariable('JIWA_TEST_WEAVIATE')}/v1/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer}`);
    return answer === '' ? undefined : JSON.parse(answer);
  }

  it('is version 1.38.11', async () => {
    expect(await call('GET', 'meta')).toMatchObject({ version: '1.38.11' });
  });

  it('finds an object by its vector', async () => {
    const collection = `Test${newId().replaceAll('-', '')}`;
    await call('POST', 'schema', { class: collection, vectorizer: 'none' });
    try {
      const [near, far] = [newId(), newId()];
      await call('POST', 'objects', { class: collection, id: near, vector: [1, 0.1] });
      await call('POST', 'objects', { class: collection, id: far, vector: [0, 1] });
      const query = `{Get{${collection}(nearVector:{vector:[1,0]},limit:1){_additional{id}}}}`;
      expect(await call('POST', 'graphql', { query })).toEqual({
        data: { Get: { [collection]: [{ _additional: { id: near } }] } },
      });
    } finally {
      await call('DELETE', `schema/${collection}`);
    }
  });
});
