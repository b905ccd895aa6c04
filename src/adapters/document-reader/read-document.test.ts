import { expect, test } from 'vitest';
import { PDF_TYPE } from './formats.ts';
import { readDocument } from './read-document.ts';
import { DEFAULT_READ_LIMITS } from './read-limits.ts';

const request = { contentType: PDF_TYPE, filename: 'x', limits: DEFAULT_READ_LIMITS };

test('says of a PDF without a text layer that it is perhaps a scan', async () => {
  const page = [
    '%PDF-1.4',
    '1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj',
    '2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj',
    '3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj',
    'trailer<</Root 1 0 R>>',
  ].join('\n');
  await expect(readDocument(Buffer.from(page), request)).rejects.toMatchObject({
    code: 'unreadable',
    message: expect.stringContaining('scan'),
  });
});

test('says of bytes that are no file of their type what they were read as', async () => {
  await expect(readDocument(Buffer.from('%PDF-1.7 nothing more'), request)).rejects.toMatchObject({
    code: 'unreadable',
    message: 'The file is damaged: it could not be read as PDF.',
  });
});

test('refuses a type that no reader is for', async () => {
  const picture = { ...request, contentType: 'image/png' };
  await expect(readDocument(Buffer.from('x'), picture)).rejects.toMatchObject({ code: 'unsupported' });
});
