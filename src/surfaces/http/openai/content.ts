import type { ContentPart } from '../../../wire/completion.ts';
import { wrongField } from './errors.ts';

const IMAGE = /^data:(image\/(?:png|jpeg|gif|webp));base64,/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** An image that lies in the request itself. Nothing is loaded from other addresses. */
export function imagePart(url: string, param: string): ContentPart {
  const [head, mediaType] = IMAGE.exec(url) ?? [];
  const data = url.slice(head?.length ?? 0);
  if (mediaType === undefined || !BASE64.test(data)) {
    const expected = 'Expected data:image/png;base64,… (or jpeg, gif, webp)';
    const came = /^https?:/i.test(url) ? '; Jiwa loads no image from another address' : '';
    throw wrongField(param, `${expected}${came}.`);
  }
  return { kind: 'image', mediaType, bytes: new Uint8Array(Buffer.from(data, 'base64')) };
}

/** Text of a content that has only text parts. */
export function joined(content: string | readonly { readonly text: string }[]): string {
  return typeof content === 'string' ? content : content.map(({ text }) => text).join('\n');
}
