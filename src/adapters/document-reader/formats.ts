import type { FormatReader } from './format-reader.ts';
import type { TextFormat } from './text-format.ts';

interface Format {
  readonly extension: string;
  /** What it is called in messages to people. */
  readonly called: string;
  /** Loaded when first needed: most children never see most formats. */
  readonly load: () => Promise<FormatReader>;
}

export const TEXT_TYPES: Readonly<Record<TextFormat, string>> = {
  plain: 'text/plain',
  markdown: 'text/markdown',
  html: 'text/html',
  csv: 'text/csv',
  json: 'application/json',
  jsonl: 'application/x-ndjson',
};

export const OFFICE_TYPES = {
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const;

export const PDF_TYPE = 'application/pdf';

/** Every format that can be read, by content type. */
export const FORMATS: ReadonlyMap<string, Format> = new Map<string, Format>([
  [
    TEXT_TYPES.plain,
    {
      extension: 'txt',
      called: 'text',
      load: async () => (await import('./formats/plain-text.ts')).readPlainText,
    },
  ],
  [
    TEXT_TYPES.markdown,
    {
      extension: 'md',
      called: 'Markdown',
      load: async () => (await import('./formats/markdown.ts')).readMarkdown,
    },
  ],
  [
    TEXT_TYPES.html,
    { extension: 'html', called: 'HTML', load: async () => (await import('./formats/html.ts')).readHtml },
  ],
  [
    TEXT_TYPES.csv,
    { extension: 'csv', called: 'CSV', load: async () => (await import('./formats/csv.ts')).readCsv },
  ],
  [
    TEXT_TYPES.json,
    { extension: 'json', called: 'JSON', load: async () => (await import('./formats/json.ts')).readJson },
  ],
  [
    TEXT_TYPES.jsonl,
    {
      extension: 'jsonl',
      called: 'JSON lines',
      load: async () => (await import('./formats/json.ts')).readJsonLines,
    },
  ],
  [
    PDF_TYPE,
    { extension: 'pdf', called: 'PDF', load: async () => (await import('./formats/pdf.ts')).readPdf },
  ],
  [
    OFFICE_TYPES.docx,
    { extension: 'docx', called: 'Word', load: async () => (await import('./formats/docx.ts')).readDocx },
  ],
  [
    OFFICE_TYPES.pptx,
    {
      extension: 'pptx',
      called: 'PowerPoint',
      load: async () => (await import('./formats/pptx.ts')).readPptx,
    },
  ],
  [
    OFFICE_TYPES.xlsx,
    { extension: 'xlsx', called: 'Excel', load: async () => (await import('./formats/xlsx.ts')).readXlsx },
  ],
]);
