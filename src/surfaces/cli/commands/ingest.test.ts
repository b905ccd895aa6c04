import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Bench, bench } from '../../../../test/fakes/cli-bench.ts';
import { ctrlC } from '../../../../test/fakes/cli-host.ts';
import type { Script } from '../../../../test/fakes/api-server.ts';
import { aDocument, aStatus, testId } from '../../../../test/fakes/wire-views.ts';
import { AppError } from '../../../core/errors.ts';
import type { DocumentView } from '../../../wire/documents.ts';

const limit = (value: number) => ({ key: 'upload.limitMb', value, locked: false, description: 'Largest.' });

const idOf = (filename: string) => testId(Buffer.from(filename).toString('hex'));

/** An API that stores what comes and has read it when it is looked at the second time. */
function readingApi(over: (filename: string) => Partial<DocumentView> = () => ({})): Script {
  const looks = new Map<string, number>();
  const view = (id: string, filename: string, status: DocumentView['status']) =>
    aDocument({ id, filename, status, vectors: 4, ...(status === 'ready' ? over(filename) : {}) });
  const names = new Map<string, string>();
  return {
    uploadDocument: (_, file) => {
      const id = idOf(file.filename);
      names.set(id, file.filename);
      return { document: view(id, file.filename, 'queued'), outcome: 'accepted' };
    },
    getDocument: ({ params: { id } }) => {
      looks.set(id, (looks.get(id) ?? 0) + 1);
      return view(id, names.get(id) ?? '', (looks.get(id) ?? 0) > 1 ? 'ready' : 'reading');
    },
    listSources: () => ({ items: [] }),
    status: () => aStatus(),
    listSettings: () => ({ settings: [limit(100)] }),
  };
}

async function sampleFolder({ folder }: Bench): Promise<string> {
  const root = join(folder, 'papers');
  await mkdir(join(root, 'letters'), { recursive: true });
  await writeFile(join(root, 'letters', 'Olga.txt'), 'Привет');
  await writeFile(join(root, 'notes.md'), '# Notes');
  await writeFile(join(root, '.hidden'), 'x');
  return root;
}

test('a folder is uploaded with stable source, relative paths, tags and the bytes of each file', async () => {
  await using cli = await bench(readingApi());
  const root = await sampleFolder(cli);
  const ran = await cli.run(['ingest', root, '--tag', 'home, 2026']);
  expect(ran.code).toBe(0);
  const uploads = cli.api.calls.filter(({ route }) => route === 'uploadDocument');
  const seen = uploads.map(({ input, file }) => ({ ...(input['form'] as object), text: file?.text }));
  expect(seen).toHaveLength(2);
  expect(seen).toContainEqual(
    expect.objectContaining({ path: 'letters/Olga.txt', text: 'Привет', tags: 'home,2026' }),
  );
  const sources = new Set(uploads.map(({ input }) => (input['form'] as { source: string }).source));
  expect([...sources]).toEqual([expect.stringMatching(/^folder:papers:[0-9a-f]{12}$/)]);
});

test('it waits until everything is read and tells the files, the sums and the vectors', async () => {
  await using cli = await bench(readingApi());
  const ran = await cli.run(['ingest', await sampleFolder(cli)]);
  expect(ran.out).toContain('new       notes.md');
  expect(ran.out).toContain('skipped   .hidden: hidden');
  expect(ran.out).toContain('2 files in memory (2 new, 1 skipped).');
  expect(ran.out).toContain('8 of 8 passages have a vector.');
});

test('in JSON mode only one JSON value is on the standard output, progress is beside it', async () => {
  await using cli = await bench(readingApi());
  const ran = await cli.run(['ingest', await sampleFolder(cli), '--json']);
  expect(ran.out.trimEnd()).not.toContain('\n');
  expect(JSON.parse(ran.out)).toMatchObject({
    counts: { accepted: 2, skipped: 1, failed: 0 },
    vectors: { done: 8, of: 8 },
    waited: true,
  });
  expect(ran.err).toMatch(/Uploading 100 %/);
});

test('a kind of file that is not read is listed with the reason and fails nothing', async () => {
  const api = readingApi();
  await using cli = await bench({
    ...api,
    uploadDocument: (input, file) => {
      if (file.filename === 'notes.md')
        throw new AppError('unsupported', 'Files of type image/x-foo are not read.');
      return api.uploadDocument?.(input, file) ?? Promise.reject(new Error('no upload'));
    },
  });
  const ran = await cli.run(['ingest', await sampleFolder(cli)]);
  expect(ran.code).toBe(0);
  expect(ran.out).toContain('not read  notes.md: Files of type image/x-foo are not read.');
  expect(ran.out).toContain('1 file in memory');
});

test('a file that could not be read is told with its reason and ends with 1, the others stay', async () => {
  const broken = (filename: string): Partial<DocumentView> =>
    filename === 'notes.md' ? { status: 'failed', reason: 'The file is damaged.' } : {};
  await using cli = await bench(readingApi(broken));
  const ran = await cli.run(['ingest', await sampleFolder(cli)]);
  expect(ran.code).toBe(1);
  expect(ran.out).toContain('FAILED    notes.md: The file is damaged.');
  expect(ran.out).toContain('1 file in memory (1 new, 1 skipped, 1 failed).');
});

test('with --no-wait nothing is waited for', async () => {
  await using cli = await bench({ ...readingApi(), getDocument: () => aDocument({ status: 'queued' }) });
  const ran = await cli.run(['ingest', await sampleFolder(cli), '--no-wait']);
  expect(ran.code).toBe(0);
  expect(ran.out).toContain('2 files stored');
  expect(ran.err).toContain('will be read by the server');
});

test('without a server the jobs end before the app is closed', async () => {
  await using cli = await bench(readingApi());
  const ran = await cli.run(['ingest', await sampleFolder(cli)], { opened: true });
  expect(ran.fake.life).toEqual(['opened', 'drained', 'closed']);
});

test('a path that is not there ends with 3 and uploads nothing', async () => {
  await using cli = await bench(readingApi());
  const ran = await cli.run(['ingest', await sampleFolder(cli), '/no/such/place']);
  expect(ran.code).toBe(3);
  expect(ran.err).toContain('There is no file or folder /no/such/place.');
  expect(cli.api.to('uploadDocument')).toEqual([]);
});

test('an empty folder is told as such', async () => {
  await using cli = await bench(readingApi());
  await mkdir(join(cli.folder, 'empty'));
  const ran = await cli.run(['ingest', join(cli.folder, 'empty')]);
  expect([ran.code, ran.out]).toEqual([0, 'There is no file in it.\n']);
});

test('Ctrl-C while it reads ends with 130 and a sentence', async () => {
  await using cli = await bench({ ...readingApi(), getDocument: () => aDocument({ status: 'reading' }) });
  const { signals, press } = ctrlC();
  const ran = cli.run(['ingest', await sampleFolder(cli)], {
    host: {
      pause: async (_, signal) => {
        press();
        signal.throwIfAborted();
      },
      signals,
    },
  });
  const { code, err } = await ran;
  expect(code).toBe(130);
  expect(err).toContain('Stopped waiting. All 2 files are stored; the server reads on.');
});

test('a file above the limit of the server is not sent, unless the limit is given', async () => {
  await using cli = await bench({ ...readingApi(), listSettings: () => ({ settings: [limit(1)] }) });
  const root = await sampleFolder(cli);
  await writeFile(join(root, 'large.txt'), 'x'.repeat(1_000_001));
  expect((await cli.run(['ingest', root])).out).toContain('skipped   large.txt: larger than 1 MB');
  await cli.run(['ingest', root, '--max-mb', '2']);
  expect(cli.api.calls.filter(({ file }) => file?.filename === 'large.txt')).toHaveLength(1);
});

test('many files are all waited for', async () => {
  await using cli = await bench(readingApi());
  const root = join(cli.folder, 'many');
  await mkdir(root);
  for (let i = 0; i < 100; i++) await writeFile(join(root, `${i}.txt`), `text ${i}`);
  const ran = await cli.run(['ingest', root, '--json']);
  const { files } = JSON.parse(ran.out) as { files: { status: string }[] };
  expect(files.filter(({ status }) => status === 'ready')).toHaveLength(100);
});

test('a server that goes away while files are sent ends the whole at once', async () => {
  const api = readingApi();
  const gone = await bench({ ...api, uploadDocument: () => new Promise(() => {}) });
  const root = await sampleFolder(gone);
  const running = gone.run(['ingest', root]);
  await expect.poll(() => gone.api.calls.some(({ route }) => route === 'uploadDocument')).toBe(true);
  await gone.api.close();
  const ran = await running;
  expect(ran.code).toBe(1);
  expect(ran.err).toContain(`No answer from ${gone.api.url}`);
  expect(ran.out).toBe('');
  await rm(gone.folder, { recursive: true });
});

/** The same with the places of what came, as a server keeps them. */
function rememberingApi(): Script {
  const api = readingApi();
  const places = new Map<string, { source: string; path: string; documentId: string }>();
  return {
    ...api,
    async uploadDocument(input, file) {
      const { source, path = file.filename } = input.form;
      const result = await api.uploadDocument?.(input, { ...file, filename: file.text });
      if (result === undefined) throw new Error('no upload');
      places.set(`${source}/${path}`, { source, path, documentId: result.document.id });
      return result;
    },
    listSources: () => ({
      items: [...new Set([...places.values()].map(({ source }) => source))].map((source) => ({ source })),
    }),
    listPlaces: ({ query: { source, under } }) => ({
      items: [...places.values()]
        .filter((place) => place.source === source && (!under || place.path.startsWith(`${under}/`)))
        .map(({ path, documentId }) => ({
          path,
          documentId,
          documentPlaces: [...places.values()].filter((place) => place.documentId === documentId).length,
          seenAt: 0,
        })),
    }),
  };
}

const placesOf = ({ api }: Bench) => [
  ...new Set(
    api.to('uploadDocument').map(({ form }) => {
      const { source, path } = form as { source: string; path: string };
      return `${source.split(':')[1]} ${path}`;
    }),
  ),
];

test('files taken in earlier that are gone are told, and nothing of them is deleted', async () => {
  await using cli = await bench(rememberingApi());
  const root = await sampleFolder(cli);
  await cli.run(['ingest', root]);
  await rm(join(root, 'letters', 'Olga.txt'));
  const ran = await cli.run(['ingest', root]);
  expect(ran.out).toContain(`gone      letters/Olga.txt  ${idOf('Привет')}`);
  expect(ran.out).toContain(
    '1 file that was taken in earlier is no longer there; jiwa documents delete <id>',
  );
  expect(cli.api.to('deleteDocument')).toEqual([]);
  await rm(join(root, 'notes.md'));
  expect((await cli.run(['ingest', root])).out).toContain('2 files that were taken in earlier');
});

test('a file that was moved, or is passed over now, or lies outside of what was asked for is not gone', async () => {
  await using cli = await bench(rememberingApi());
  const root = await sampleFolder(cli);
  await cli.run(['ingest', root]);
  await rename(join(root, 'notes.md'), join(root, 'letters', 'moved.md'));
  await writeFile(join(root, 'letters', 'Olga.txt'), '');
  expect((await cli.run(['ingest', root, join(root, 'letters')])).out).not.toContain('gone');
  await rm(join(root, 'letters', 'Olga.txt'));
  await cli.run(['ingest', join(root, 'letters', 'moved.md')]);
  const one = await cli.run(['ingest', join(root, 'letters', 'moved.md')]);
  expect(one.out).not.toContain('gone');
  expect((await cli.run(['ingest', join(root, 'letters')])).out).toContain('gone      letters/Olga.txt');
});

test.each([
  ['a folder inside', 'letters', ''],
  ['a folder around', '', 'letters'],
])('%s one that was taken in before gives no file a second place', async (_, first, second) => {
  await using cli = await bench(rememberingApi());
  const root = await sampleFolder(cli);
  await cli.run(['ingest', join(root, second === '' ? '' : second)]);
  const before = placesOf(cli);
  await cli.run(['ingest', join(root, first)]);
  expect(placesOf(cli).filter((place) => place.endsWith('Olga.txt'))).toHaveLength(1);
  expect(placesOf(cli)).toEqual(expect.arrayContaining(before));
});
