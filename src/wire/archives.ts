import { z } from 'zod';
import { Id } from './common.ts';
import { NewSpace } from './people.ts';

/** How a backup is called that is begun now; unique by its time in UTC. */
export function backupName(now: number): string {
  return `jiwa-backup-${new Date(now).toISOString().replaceAll(/[:.]/g, '-')}`;
}

/** Who asks for a backup may say how it is called, so that the file has the name that is written down. */
export const BackupQuery = z.strictObject({
  name: z
    .string()
    .regex(/^jiwa-backup-[0-9TZ-]{10,40}$/u)
    .optional(),
});

export const ImportSpace = z.strictObject({
  name: NewSpace.shape.name.optional().describe('What the space is called here, where it is new.'),
  replace: z
    .enum(['true', 'false'])
    .default('false')
    .describe('`true`: what the space remembers here is erased first.'),
});
export type ImportSpace = z.infer<typeof ImportSpace>;

const Counts = {
  rows: z.number().int(),
  items: z.number().int(),
  objects: z.number().int(),
};

const forgotten = { kind: z.string(), sourceId: Id };
const BACK_AGAIN = 'and back with it: forget them again.';

/** Result of the job that imports a space. */
export const SpaceImported = z.object({
  ...Counts,
  ownerId: Id,
  enterAgain: z.array(z.string()).readonly().describe('Settings whose secrets must be entered again.'),
  forgottenSince: z
    .array(z.object(forgotten))
    .readonly()
    .default([])
    .describe(`Forgotten in the space that was here after the archive was made, ${BACK_AGAIN}`),
});
export type SpaceImported = z.infer<typeof SpaceImported>;

/** What a restore brought. */
export const Restored = z.object({
  ...Counts,
  name: z.string().describe('The backup.'),
  madeAt: z.number(),
  forgottenSince: z
    .array(z.object({ ...forgotten, ownerId: Id }))
    .readonly()
    .describe(`Forgotten here after the backup was made, ${BACK_AGAIN}`),
});
export type Restored = z.infer<typeof Restored>;
