import { AppError } from '../../core/errors.ts';
import { ReadyView } from '../../wire/system.ts';
import type { Connection } from './connect.ts';

export type Parts = ReadyView['parts'];

/** How the parts of the server are, also where it says that it is not ready. */
export async function partsNow({ client }: Pick<Connection, 'client'>, signal: AbortSignal): Promise<Parts> {
  try {
    return (await client.call('ready', {}, signal)).parts;
  } catch (error) {
    const told = error instanceof AppError ? error.details?.['parts'] : undefined;
    const parts = ReadyView.shape.parts.safeParse(told);
    if (parts.success) return parts.data;
    throw error;
  }
}

/** Whether a part is down without which the server answers nothing else. */
export function isDown(parts: Parts): boolean {
  return Object.values(parts).some(({ state }) => state === 'down');
}
