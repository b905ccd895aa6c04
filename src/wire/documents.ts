import { z } from 'zod';
import { Id, PageQuery, Text, TimeMs, pageOf } from './common.ts';

export const DocumentStatus = z.enum(['queued', 'reading', 'indexing', 'ready', 'failed', 'superseded']);

export const DocumentView = z.object({
  id: Id,
  filename: z.string(),
  contentType: z.string(),
  sizeBytes: z.number().int(),
  sha256: z.string(),
  status: DocumentStatus.describe('`ready` means searchable by words; vectors follow.'),
  reason: z.string().optional().describe('Why it failed.'),
  canRetry: z.boolean(),
  title: z.string().optional(),
  language: z.string().optional(),
  pages: z.number().int().optional(),
  tags: z.array(z.string()),
  chunks: z.number().int(),
  vectors: z.number().int().describe('How many chunks have a vector by now.'),
  places: z.array(z.object({ source: z.string(), path: z.string() })),
  supersedes: Id.optional(),
  supersededBy: Id.optional(),
  contentTime: TimeMs.optional(),
  uploadedAt: TimeMs,
  updatedAt: TimeMs,
});
export type DocumentView = z.infer<typeof DocumentView>;

export const DocumentPage = pageOf(DocumentView);

export const DocumentQuery = PageQuery.extend({
  status: DocumentStatus.optional(),
  name: Text.max(200).optional().describe('Part of the file name or path.'),
});
export type DocumentQuery = z.infer<typeof DocumentQuery>;

/** Form fields beside the file of an upload. */
export const UploadFields = z.strictObject({
  source: Text.min(1).max(100).default('upload').describe('Names a collection of paths, such as a folder.'),
  path: Text.min(1).max(1000).optional().describe('Path inside the source; the file name by default.'),
  tags: Text.max(1000).default('').describe('Comma-separated tags.'),
  contentTime: z.coerce.number().pipe(TimeMs).optional().describe('Time of the file, ms since the epoch.'),
});
export type UploadFields = z.infer<typeof UploadFields>;

/** Names of collections of paths. */
export const SourceQuery = PageQuery.extend({
  prefix: z.string().min(1).max(100).describe('What the name begins with, such as `folder:`.'),
});
export type SourceQuery = z.infer<typeof SourceQuery>;

export const SourcePage = pageOf(z.object({ source: z.string() }));
export type SourcePage = z.infer<typeof SourcePage>;

/** Places of one source. */
export const PlaceQuery = PageQuery.extend({
  source: z.string().min(1).max(100),
  under: Text.min(1).max(1000).optional().describe('Only below this folder of the source.'),
  cursor: z.string().max(1000).optional().describe('`next` of the page before.'),
});
export type PlaceQuery = z.infer<typeof PlaceQuery>;

export const PlaceView = z.object({
  path: z.string(),
  documentId: Id,
  documentPlaces: z.number().int().describe('At how many places the document lies, this one included.'),
  seenAt: TimeMs.describe('When it was last taken in from there.'),
});
export type PlaceView = z.infer<typeof PlaceView>;

export const PlacePage = pageOf(PlaceView);
export type PlacePage = z.infer<typeof PlacePage>;

export const UploadResult = z.object({
  document: DocumentView,
  outcome: z
    .enum(['accepted', 'known', 'replaced'])
    .describe('`known`: the same bytes were here; `replaced`: other bytes were at this path before.'),
});
export type UploadResult = z.infer<typeof UploadResult>;
