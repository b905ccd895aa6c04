import { z } from 'zod';
import type { Ctx } from '../core/context.ts';
import { AppError } from '../core/errors.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { SettingView } from '../wire/system.ts';

/** What can be set at run time: schema, default and the sentence people read. */
const SETTINGS = {
  'upload.limitMb': {
    schema: z.number().int().min(1).max(1_000_000),
    fallback: 100,
    description: 'Largest document, in MB.',
  },
} as const;

export type SettingKey = keyof typeof SETTINGS;

export interface SettingsDeps {
  readonly ledger: Ledger;
  /** Values the environment fixes; they win over the ledger's and cannot be changed. */
  readonly locked: Readonly<Partial<Record<SettingKey, number>>>;
}

function keyOf(text: string): SettingKey {
  if (Object.hasOwn(SETTINGS, text)) return text as SettingKey;
  throw new AppError('not-found', `There is no setting ${text}. Known: ${Object.keys(SETTINGS).join(', ')}.`);
}

/** The value in force: the environment's, else the ledger's, else the default. */
export async function readSetting(key: SettingKey, deps: SettingsDeps, ctx: Ctx): Promise<number> {
  const locked = deps.locked[key];
  if (locked !== undefined) return locked;
  const row = await deps.ledger.readsOf(ctx.ownerId).table('settings').get({ key });
  const { schema, fallback } = SETTINGS[key];
  if (row === undefined) return fallback;
  const parsed = schema.safeParse(JSON.parse(row.value));
  return parsed.success ? parsed.data : fallback;
}

async function view(key: SettingKey, deps: SettingsDeps, ctx: Ctx): Promise<SettingView> {
  const value = await readSetting(key, deps, ctx);
  return { key, value, locked: deps.locked[key] !== undefined, description: SETTINGS[key].description };
}

export async function listSettings(deps: SettingsDeps, ctx: Ctx): Promise<SettingView[]> {
  return Promise.all(Object.keys(SETTINGS).map((key) => view(keyOf(key), deps, ctx)));
}

/** Changes one setting. Throws `not-found`, `invalid-input` (what was expected) or `conflict` (locked). */
export async function setSetting(
  input: { readonly key: string; readonly value: unknown },
  deps: SettingsDeps,
  ctx: Ctx,
): Promise<SettingView> {
  const key = keyOf(input.key);
  if (deps.locked[key] !== undefined) {
    throw new AppError('conflict', `${key} is fixed by the environment and cannot be changed here.`);
  }
  const parsed = SETTINGS[key].schema.safeParse(input.value);
  if (!parsed.success) {
    throw new AppError('invalid-input', `${key}: ${parsed.error.issues[0]?.message ?? 'not valid'}`);
  }
  await deps.ledger.forOwner(ctx.ownerId, (tx) =>
    tx.table('settings').upsert({ key, value: JSON.stringify(parsed.data), updatedAt: ctx.now() }),
  );
  return view(key, deps, ctx);
}
