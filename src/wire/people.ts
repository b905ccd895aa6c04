import { z } from 'zod';
import { Id, TimeMs } from './common.ts';

export const Role = z
  .enum(['host', 'editor', 'viewer', 'service'])
  .describe('`host` manages the space; `editor` writes and forgets; `viewer` reads; `service` is a program.');
export type Role = z.infer<typeof Role>;

const Name = z.string().trim().min(1).max(80).describe('What people call it.');
const Login = z.string().trim().min(1).max(200).describe('E-mail address or name; capitals do not matter.');
const Password = z.string().min(1).max(200);
/** Length is what counts (NIST SP 800-63B §3.1.1.2). */
const NewPassword = z.string().min(10).max(200).describe('At least 10 characters.');

export const SpaceView = z.object({
  id: Id,
  name: z.string(),
  role: Role.describe('Of who asks.'),
  home: z.boolean().describe('Its hosts run the installation.'),
});
export type SpaceView = z.infer<typeof SpaceView>;
export const NewSpace = z.strictObject({ name: Name });

export const UserView = z.object({
  id: Id,
  name: z.string(),
  role: Role,
  login: z.string().optional().describe('Absent: cannot sign in with a password.'),
  disabled: z.boolean(),
  createdAt: TimeMs,
});
export type UserView = z.infer<typeof UserView>;

export const NewService = z.strictObject({ name: Name });
export const UserPatch = z.strictObject({ role: Role.optional(), disabled: z.boolean().optional() });
export type UserPatch = z.infer<typeof UserPatch>;

const PasswordSignIn = z.strictObject({ login: Login, password: Password });
export type PasswordSignIn = z.infer<typeof PasswordSignIn>;
export const SignIn = z.union([
  PasswordSignIn,
  z.strictObject({ link: z.string().min(1).max(200).describe('The secret of a sign-in link.') }),
]);
export type SignIn = z.infer<typeof SignIn>;

export const SignInLink = z.object({
  secret: z.string().describe('Shown only now; the page takes it as `/#in=<secret>`.'),
  expiresAt: TimeMs,
});
export type SignInLink = z.infer<typeof SignInLink>;

export const NewInvitation = z.strictObject({
  name: Name.describe('Of the person, until they give their own.'),
  role: Role.exclude(['service']),
  hours: z.number().int().min(1).max(720).default(72).describe('How long it can be taken.'),
});
export type NewInvitation = z.infer<typeof NewInvitation>;

export const InvitationView = z.object({ id: Id, name: z.string(), role: Role, expiresAt: TimeMs });
export type InvitationView = z.infer<typeof InvitationView>;
export const InvitationMade = InvitationView.extend({ secret: z.string().describe('Shown only now.') });
export type InvitationMade = z.infer<typeof InvitationMade>;

export const TakeInvitation = z.strictObject({
  secret: z.string().min(1).max(200),
  login: Login,
  password: NewPassword.describe(
    'At least 10 characters; of somebody who has a login here already: their password.',
  ),
  name: Name.optional(),
});
export type TakeInvitation = z.infer<typeof TakeInvitation>;

export const EntrySecret = z.strictObject({
  secret: z.string().min(1).max(200).describe('Of a sign-in link or an invitation.'),
});
export type EntrySecret = z.infer<typeof EntrySecret>;
const Entry = { name: z.string().describe('Of who would be signed in.'), space: z.string() };
/** What a secret in an address would do, so that a person can be asked before it does. */
export const EntryView = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('link'), ...Entry }),
  z.object({
    kind: z.literal('invitation'),
    ...Entry,
    role: Role,
    by: z.string().describe('Name of the host who invites.'),
    expiresAt: TimeMs,
  }),
]);
export type EntryView = z.infer<typeof EntryView>;

export const Me = z.object({
  userId: Id,
  name: z.string(),
  login: z.string().optional(),
  space: SpaceView,
  actions: z.array(z.string()).describe('What may be done in this space with what was shown.'),
});
export type Me = z.infer<typeof Me>;

export const LoginView = z.object({
  id: Id,
  current: z.boolean(),
  startedAt: TimeMs,
  usedAt: TimeMs,
  expiresAt: TimeMs,
});
export type LoginView = z.infer<typeof LoginView>;

export const PasswordChange = z.strictObject({ current: Password, next: NewPassword });
export type PasswordChange = z.infer<typeof PasswordChange>;

export const PasswordReset = z.strictObject({
  user: z.string().trim().min(1).max(200).describe('Login, id, or name in the home space.'),
  login: Login.optional().describe('To give to somebody who has none; their name by default.'),
});
export type PasswordReset = z.infer<typeof PasswordReset>;
export const PasswordIs = z.object({ login: z.string(), password: z.string().describe('Shown only now.') });

/** What a key may be held to. A key never manages people, keys or spaces. */
export const KEY_SCOPES = [
  'memory:read',
  'memory:write',
  'memory:forget',
  'system:read',
  'audit:read',
  'space:export',
  'system:manage',
] as const;
const KeyScope = z.enum(KEY_SCOPES);

export const NewKey = z.strictObject({
  name: Name,
  scopes: z.array(KeyScope).min(1).optional().describe('Everything its user may do by default.'),
  days: z.number().int().min(1).max(3650).optional().describe('Without it, the key does not expire.'),
});
export type NewKey = z.infer<typeof NewKey>;

export const KeyView = z.object({
  id: Id,
  userId: Id,
  name: z.string(),
  prefix: z.string().describe('First characters, to recognise it by.'),
  scopes: z.array(z.string()).optional().describe('Absent: everything its user may do.'),
  createdAt: TimeMs,
  expiresAt: TimeMs.optional(),
  usedAt: TimeMs.optional(),
});
export type KeyView = z.infer<typeof KeyView>;
export const KeyMade = KeyView.extend({ secret: z.string().describe('Shown only now.') });
export type KeyMade = z.infer<typeof KeyMade>;

export const Ended = z.object({ ended: z.number().int().describe('How many ended with this call.') });
