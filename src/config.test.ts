import { expect, test } from 'vitest';
import { describeEnvironment } from './config/describe-environment.ts';
import { readConfig } from './config.ts';

test('an empty environment gives loopback and a folder of the person', () => {
  const config = readConfig({ XDG_DATA_HOME: '/data' });
  expect(config).toMatchObject({ dataFolder: '/data/jiwa', host: '127.0.0.1', port: 7411, allowedHosts: [] });
});

test('a folder given on the command line wins over the environment', () => {
  expect(readConfig({ JIWA_DATA: '/one' }).dataFolder).toBe('/one');
  expect(readConfig({ JIWA_DATA: '/one' }, '/two').dataFolder).toBe('/two');
});

test('names of hosts are cut at commas, lower case, without blanks', () => {
  const { allowedHosts } = readConfig({ JIWA_ALLOWED_HOSTS: ' Jiwa.Home, ,nas ' });
  expect(allowedHosts).toEqual(['jiwa.home', 'nas']);
});

test('only the limits and proxies that are named are changed', () => {
  const environment = { JIWA_RATE_LIMITS: 'chat=60,upload=500', JIWA_TRUSTED_PROXY: '127.0.0.1, 10.0.0.0/8' };
  expect(readConfig(environment)).toMatchObject({
    callsPerMinute: { chat: 60, upload: 500 },
    trustedProxies: ['127.0.0.1', '10.0.0.0/8'],
  });
  expect(readConfig({})).toMatchObject({ callsPerMinute: {}, trustedProxies: [] });
  expect(() => readConfig({ JIWA_RATE_LIMITS: 'chats=60' })).toThrow('JIWA_RATE_LIMITS');
});

test('every wrong value is named', () => {
  const read = () => readConfig({ JIWA_PORT: 'many', JIWA_LOG: 'loud' });
  expect(read).toThrow(/JIWA_PORT.*JIWA_LOG/s);
});

test('an empty variable is one that is not set', () => {
  const empty = {
    JIWA_PORT: '',
    JIWA_METRICS_PORT: '',
    JIWA_S3_BUCKET: '',
    OTEL_EXPORTER_OTLP_ENDPOINT: '',
    XDG_DATA_HOME: '',
  };
  expect(readConfig(empty)).toMatchObject({ port: 7411, metrics: undefined, bucket: undefined });
  expect(readConfig(empty).dataFolder).toBe(readConfig({}).dataFolder);
  const port = describeEnvironment(empty).find(({ name }) => name === 'JIWA_PORT');
  expect(port).toMatchObject({ value: '7411', from: 'default' });
});

test('an upload limit of the environment is a lock, its absence is none', () => {
  expect(readConfig({}).uploadLimitMb).toBeUndefined();
  expect(readConfig({ JIWA_UPLOAD_MB: '5' }).uploadLimitMb).toBe(5);
});

test('every variable is described with where its value is from', () => {
  const port = describeEnvironment({ JIWA_PORT: '80' }).find(({ name }) => name === 'JIWA_PORT');
  expect(port).toEqual({ name: 'JIWA_PORT', value: '80', from: 'environment', help: 'Port to listen on.' });
  expect(describeEnvironment({}).every(({ help }) => help.length > 0)).toBe(true);
});

test('a bucket is one by its name alone, and the secret key is never shown', () => {
  expect(readConfig({ JIWA_S3_ENDPOINT: 'http://127.0.0.1:9' }).bucket).toBeUndefined();
  expect(readConfig({ JIWA_S3_BUCKET: 'house', AWS_REGION: 'eu-central-1' }).bucket).toMatchObject({
    name: 'house',
    region: 'eu-central-1',
  });
  expect(() => readConfig({ JIWA_S3_BUCKET: 'My House' })).toThrow('JIWA_S3_BUCKET');
  expect(() => readConfig({ JIWA_S3_ENDPOINT: 'ftp://somewhere' })).toThrow('JIWA_S3_ENDPOINT');
  expect(JSON.stringify(describeEnvironment({ JIWA_S3_SECRET_KEY: 'hush-hush' }))).not.toContain('hush-hush');
});

test('a database is one by its address, whose password is never shown', () => {
  expect(readConfig({}).database).toBeUndefined();
  const url = 'postgres://jiwa:hush-hush@db.example.org/jiwa';
  expect(readConfig({ JIWA_DATABASE_URL: url }).database).toEqual({ url, poolSize: 10 });
  expect(() => readConfig({ JIWA_DATABASE_URL: 'mysql://db' })).toThrow('JIWA_DATABASE_URL');
  const shown = describeEnvironment({ JIWA_DATABASE_URL: url }).find(
    ({ name }) => name === 'JIWA_DATABASE_URL',
  );
  expect(shown?.value).toBe('postgres://jiwa:***@db.example.org/jiwa');
});

test.each([
  'postgres://jiwa:hush@hush@db/jiwa',
  'postgres://db/jiwa?user=jiwa&password=hush&sslmode=require',
])('no part of a password is shown: %s', (url) => {
  expect(JSON.stringify(describeEnvironment({ JIWA_DATABASE_URL: url }))).not.toContain('hush');
});

test('Redis is named by its address, whose password is never shown', () => {
  const environment = { JIWA_REDIS_URL: 'rediss://:hunter2@redis.example:6380/1' };
  expect(readConfig(environment).redis).toEqual({ url: environment.JIWA_REDIS_URL, prefix: 'jiwa' });
  expect(readConfig({}).redis).toBeUndefined();
  expect(JSON.stringify(describeEnvironment(environment))).not.toContain('hunter2');
  expect(() => readConfig({ JIWA_REDIS_URL: 'http://redis' })).toThrow('JIWA_REDIS_URL: expected redis://');
});

test('a server works on all queues, on some or on none', () => {
  const { workQueues } = readConfig({});
  expect(workQueues).toHaveLength(5);
  expect(readConfig({ JIWA_WORK_QUEUES: 'none' }).workQueues).toEqual([]);
  expect(readConfig({ JIWA_WORK_QUEUES: 'light,ingestion' }).workQueues).toEqual(['ingestion', 'light']);
  expect(() => readConfig({ JIWA_WORK_QUEUES: 'light,all' })).toThrow('JIWA_WORK_QUEUES: expected all, none');
});
