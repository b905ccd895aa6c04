import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { browserScript } from './browser-script.ts';

/** A file of the page as it is sent. */
export interface PageFile {
  readonly contentType: string;
  /** Read when it is first asked for, then kept. */
  body(): string;
}

/** The page and what it loads, by path; with the policy it is shown under. */
export interface PageFiles {
  readonly files: ReadonlyMap<string, PageFile>;
  readonly contentSecurityPolicy: string;
}

const SCRIPT = 'text/javascript; charset=utf-8';
const TYPES: Readonly<Record<string, string>> = {
  '.ts': SCRIPT,
  '.js': SCRIPT,
  '.css': 'text/css; charset=utf-8',
};

/** Libraries that the page's scripts import by name. */
const LIBRARIES = { marked: 'marked/lib/marked.esm.js', dompurify: 'dompurify/dist/purify.es.mjs' } as const;

const folder = join(dirname(fileURLToPath(import.meta.url)), 'browser');
const require = createRequire(import.meta.url);

function once(contentType: string, read: () => string): PageFile {
  let kept: string | undefined;
  return { contentType, body: () => (kept ??= read()) };
}

function ownFiles(): [string, PageFile][] {
  return readdirSync(folder).flatMap((name): [string, PageFile][] => {
    const extension = extname(name);
    const contentType = TYPES[extension];
    if (contentType === undefined) return [];
    const text = () => readFileSync(join(folder, name), 'utf8');
    const file = once(contentType, extension === '.ts' ? () => browserScript(text()) : text);
    return [[`/page/${name.replace(/\.ts$/u, '.js')}`, file]];
  });
}

function fileIn(module: string, path: string): string {
  // Packages do not export the files of their folder by name; their entry tells where it is.
  const entry = require.resolve(module);
  const modules = entry.slice(0, entry.lastIndexOf(join('node_modules', module)));
  return readFileSync(join(modules, 'node_modules', path), 'utf8');
}

const addressOf = (library: string) => `/page/libraries/${library}.js`;

const libraries = (): [string, PageFile][] =>
  Object.entries(LIBRARIES).map(([name, path]) => [addressOf(name), once(SCRIPT, () => fileIn(name, path))]);

/** Tells browsers where the libraries are. The one inline text of the page. */
const IMPORT_MAP = JSON.stringify({
  imports: Object.fromEntries(Object.keys(LIBRARIES).map((name) => [name, addressOf(name)])),
});

function page(): string {
  const html = readFileSync(join(folder, 'index.html'), 'utf8');
  return html.replace('<script type="module"', `<script type="importmap">${IMPORT_MAP}</script>\n    $&`);
}

/**
 * Finds the files of the page: sources whose types are taken out, libraries from their packages. Scripts come from here
 * only, and no picture, frame or form leads anywhere else; the import map is allowed by its hash.
 */
export function findPage(): PageFiles {
  const hash = createHash('sha256').update(IMPORT_MAP).digest('base64');
  const contentSecurityPolicy = [
    "default-src 'none'",
    `script-src 'self' 'sha256-${hash}'`,
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types dompurify',
  ].join('; ');
  const files = new Map([['/', once('text/html; charset=utf-8', page)], ...ownFiles(), ...libraries()]);
  return { files, contentSecurityPolicy };
}
