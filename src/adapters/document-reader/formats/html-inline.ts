import { isTag, isText, type ChildNode, type Element } from 'domhandler';

/** Deeper nesting is no page; it would only exhaust the stack. */
export const MAX_DEPTH = 500;

const SKIPPED = new Set(
  'script style noscript template svg math nav iframe object embed canvas audio video select datalist textarea input'.split(
    ' ',
  ),
);
/** Elements whose text stands on lines of its own when flattened. */
const OWN_LINE = new Set(
  'p div li tr h1 h2 h3 h4 h5 h6 ul ol table section article dd dt blockquote pre'.split(' '),
);

/** True for what a reader of the page does not see, and for its navigation. */
export function isHidden(element: Element): boolean {
  const { hidden, role, style = '', 'aria-hidden': ariaHidden } = element.attribs;
  if (SKIPPED.has(element.name) || hidden !== undefined) return true;
  return (
    ariaHidden === 'true' ||
    role === 'navigation' ||
    /(?:display\s*:\s*none|visibility\s*:\s*hidden)/iu.test(style)
  );
}

/** Text of a node with white space collapsed as a browser does; `<br>` and nested blocks become line ends. */
export function inlineText(node: ChildNode): string {
  return collect(node, 0)
    .replace(/ +/gu, ' ')
    .replace(/ ?\n[ \n]*/gu, '\n');
}

function collect(node: ChildNode, depth: number): string {
  if (isText(node)) return node.data.replace(/[ \t\r\n\f]+/gu, ' ');
  if (!isTag(node) || isHidden(node) || depth > MAX_DEPTH) return '';
  if (node.name === 'br') return '\n';
  const text = node.children.map((child) => collect(child, depth + 1)).join('');
  if (node.name === 'td' || node.name === 'th') return ` ${text} `;
  return OWN_LINE.has(node.name) && depth > 0 ? `\n${text}\n` : text;
}

/** Text of a node with its white space as it is. */
export function preformattedText(node: ChildNode, depth = 0): string {
  if (isText(node)) return node.data;
  if (!isTag(node) || isHidden(node) || depth > MAX_DEPTH) return '';
  if (node.name === 'br') return '\n';
  return node.children.map((child) => preformattedText(child, depth + 1)).join('');
}
