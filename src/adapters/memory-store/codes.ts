import { AppError } from '../../core/errors.ts';
import type { ItemKind, ItemRole } from '../../ports/memory-store.ts';

/** Stored in the file and in the index: numbers are never used for something else. */
const KIND_CODES = {
  chunk: 0,
  message: 1,
  paragraph: 2,
  exchange: 3,
  summary: 4,
  insight: 5,
  'golden-answer': 6,
  state: 7,
} as const satisfies Record<ItemKind, number>;

/** 0 stands for no role in the index. */
const ROLE_CODES = { user: 1, assistant: 2, person: 3, system: 4 } as const satisfies Record<
  ItemRole,
  number
>;

const KINDS = new Map<number, ItemKind>(
  Object.entries(KIND_CODES).map(([kind, code]) => [code, kind as ItemKind]),
);
const ROLES = new Map<number, ItemRole>(
  Object.entries(ROLE_CODES).map(([role, code]) => [code, role as ItemRole]),
);

/** The number that stands for a kind; throws `invalid-input` for a kind that does not exist. */
export function kindCode(kind: ItemKind): number {
  const code: number | undefined = KIND_CODES[kind];
  if (code === undefined) throw new AppError('invalid-input', `Expected a kind of item, got "${kind}".`);
  return code;
}

export function kindOf(code: number): ItemKind {
  const kind = KINDS.get(code);
  if (kind === undefined) throw new AppError('internal', `No kind of item has the code ${code}.`);
  return kind;
}

/** The number that stands for a role, 0 for none; throws `invalid-input` for a role that does not exist. */
export function roleCode(role: ItemRole | undefined): number {
  if (role === undefined) return 0;
  const code: number | undefined = ROLE_CODES[role];
  if (code === undefined) throw new AppError('invalid-input', `Expected a role, got "${role}".`);
  return code;
}

export function roleOf(code: number): ItemRole | undefined {
  return ROLES.get(code);
}
