import { expect, test } from 'vitest';
import { docxWith, wordXml } from '../../../test/fixtures/documents/zip-writer.ts';
import { OFFICE_TYPES } from './formats.ts';
import { readDocument } from './read-document.ts';
import { DEFAULT_READ_LIMITS } from './read-limits.ts';

const request = { contentType: OFFICE_TYPES.docx, filename: 'x.docx', limits: DEFAULT_READ_LIMITS };
const PROTECTED = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(500)]);

test.each(Object.entries(OFFICE_TYPES))(
  'says of a protected %s that it needs a password',
  async (_, contentType) => {
    await expect(readDocument(PROTECTED, { ...request, contentType })).rejects.toMatchObject({
      code: 'unreadable',
      message: expect.stringContaining('password'),
    });
  },
);

test('says of an office file whose parts are missing that it is damaged', async () => {
  const reading = readDocument(docxWith('not xml at all'), request);
  await expect(reading).rejects.toMatchObject({ code: 'unreadable' });
});

test('looks at the size before the reader of the format unpacks anything', async () => {
  const zip = { ...DEFAULT_READ_LIMITS.zip, maxUnpackedBytes: 2_000 };
  const large = docxWith(wordXml(['word '.repeat(1_000)]));
  await expect(
    readDocument(large, { ...request, limits: { ...DEFAULT_READ_LIMITS, zip } }),
  ).rejects.toMatchObject({
    code: 'too-large',
  });
});
