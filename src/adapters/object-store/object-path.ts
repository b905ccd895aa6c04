import { join } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { isUuid } from '../../core/ids.ts';

const SEGMENT = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,199}$/;
const MAX_SEGMENTS = 12;

/** Where an owner's objects begin; only an id made by Jiwa becomes part of a path. */
export function ownerSegments(ownerId: string): string[] {
  if (!isUuid(ownerId))
    throw new AppError('internal', 'The object store expects an owner id that is a UUID.');
  return ['tenant', ownerId];
}

/** The folder of an owner's objects. */
export function ownerFolder(root: string, ownerId: string): string {
  return join(root, ...ownerSegments(ownerId));
}

/** The parts of a key, each checked again here: letters, digits, `.`, `_`, `-`, none starting with a dot or dash. */
export function keySegments(key: string): string[] {
  const segments = key.split('/');
  if (segments.length > MAX_SEGMENTS || !segments.every((segment) => SEGMENT.test(segment))) {
    throw new AppError('internal', 'An object key must be made by objectKeys.');
  }
  return segments;
}

/** The parts of a prefix, which ends with `/`; the empty prefix means everything of the owner. */
export function prefixSegments(prefix: string): string[] {
  if (prefix === '') return [];
  if (!prefix.endsWith('/')) throw new AppError('internal', 'An object prefix must end with a slash.');
  return keySegments(prefix.slice(0, -1));
}
