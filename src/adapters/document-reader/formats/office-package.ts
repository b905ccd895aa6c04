import { isTag, isText, type ChildNode, type Element } from 'domhandler';
import { parseDocument } from 'htmlparser2';
import { openZip } from '../../connections/limited-zip.ts';
import { oneLine } from '../normalise-text.ts';
import type { ReadLimits } from '../read-limits.ts';

/** An Office file as what it is: XML parts in a zip, each with relations to others (ECMA-376 part 2). */
export interface OfficePackage {
  /** The root of a part; `undefined` when there is no such part. */
  part(path: string): Promise<XmlNode | undefined>;
  /** Paths a part refers to, by relation id. */
  relations(path: string): Promise<ReadonlyMap<string, Relation>>;
}

interface Relation {
  readonly path: string;
  /** Last word of its type: `slide`, `notesSlide`, … */
  readonly type: string;
}

export type XmlNode = Pick<Element, 'children'>;

/** Opens a file that `checkOfficeFile` found harmless. */
export async function openPackage(bytes: Uint8Array, limits: ReadLimits): Promise<OfficePackage> {
  const zip = await openZip(bytes, limits.zip);
  const part = async (path: string) => {
    for await (const entry of zip.entries((name) => name === path, new AbortController().signal)) {
      return parseDocument(Buffer.from(entry.bytes).toString('utf8'), { xmlMode: true });
    }
    return undefined;
  };
  return {
    part,
    async relations(path) {
      const folder = path.slice(0, path.lastIndexOf('/') + 1);
      const root = await part(`${folder}_rels/${path.slice(folder.length)}.rels`);
      const found = descendants(root, 'Relationship').map(({ attribs }): [string, Relation] => {
        const target = new URL(attribs['Target'] ?? '', `file:///${folder}`).pathname.slice(1);
        return [attribs['Id'] ?? '', { path: target, type: attribs['Type']?.split('/').at(-1) ?? '' }];
      });
      return new Map(found);
    },
  };
}

/** The title in the document's properties; empty when it has none. */
export async function coreTitle(office: OfficePackage): Promise<string> {
  return oneLine(textOf(descendants(await office.part('docProps/core.xml'), 'dc:title')[0]));
}

/** All elements of these names below a node, in document order. */
export function descendants(node: XmlNode | undefined, ...names: readonly string[]): Element[] {
  return [...below(node)].filter(isTag).filter((element) => names.includes(element.name));
}

/** All characters below a node. */
export function textOf(node: XmlNode | undefined): string {
  return [...below(node)]
    .filter(isText)
    .map((text) => text.data)
    .join('');
}

/** Everything below a node in document order, without recursion: the file decides how deep it is. */
function* below(node: XmlNode | undefined): Generator<ChildNode, void, void> {
  const open: ChildNode[] = [...(node?.children ?? [])].reverse();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    yield next;
    // A fallback says again what the alternative beside it says.
    if (isTag(next) && next.name !== 'mc:Fallback')
      for (const child of [...next.children].reverse()) open.push(child);
  }
}
