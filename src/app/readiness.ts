import { AppError, toAppError } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import { objectKeys } from '../core/object-keys.ts';
import { SYSTEM_OWNER } from '../ports/ledger-rows.ts';
import type { ReadyView } from '../wire/system.ts';
import type { Services } from './services.ts';

type Part = ReadyView['parts'][string];

async function asks(work: () => Promise<unknown>): Promise<Part> {
  try {
    await work();
    return { ok: true };
  } catch (error) {
    return { ok: false, note: toAppError(error).message };
  }
}

/** Asks every store something small. Throws `unavailable`, with the parts as details, when one does not answer. */
export async function readiness(services: Services, signal: AbortSignal): Promise<ReadyView> {
  const { ledger, memory, objects } = services;
  const parts = {
    ledger: await asks(() => ledger.systemReads().table('spaces').count()),
    memory: await asks(() => memory.get(SYSTEM_OWNER, [newId()], signal)),
    objects: await asks(() => objects.info(SYSTEM_OWNER, objectKeys.sessionMetadata(SYSTEM_OWNER))),
  };
  if (Object.values(parts).every((part) => part.ok)) return { ready: true, parts };
  throw new AppError('unavailable', 'A store does not answer.', { details: { parts } });
}
