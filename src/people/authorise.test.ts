import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KEY_SCOPES, Role } from '../wire/people.ts';
import { ACTIONS, type Action } from '../wire/route.ts';
import { type Subject, authorise, permitted } from './authorise.ts';

const subject = (role: Role, changes: Partial<Subject> = {}): Subject => ({
  ownerId: 'a',
  userId: 'u',
  kind: 'session',
  atHome: true,
  role,
  ...changes,
});

describe('the one authorisation function', () => {
  test.each(Role.options)('hides what is another owner’s from a %s', (role) => {
    for (const action of ACTIONS) {
      expect(() => authorise(subject(role), action, 'b')).toThrow(
        expect.objectContaining({ code: 'not-found' }),
      );
    }
  });

  test('lets each role do what it may and nothing more', () => {
    const own = ['public', 'account:read'];
    expect(permitted(subject('host', { kind: 'token' }))).toEqual(ACTIONS);
    expect(permitted(subject('service'))).toEqual([...own, 'memory:read', 'memory:write']);
    expect(permitted(subject('viewer'))).toEqual([...own, 'account:self', 'memory:read', 'system:read']);
    expect(permitted(subject('editor'))).toEqual([
      ...own,
      'account:self',
      'memory:read',
      'memory:write',
      'memory:forget',
      'system:read',
    ]);
  });

  test('leaves what concerns every space to the hosts of the first', () => {
    const elsewhere = subject('host', { atHome: false });
    for (const action of ['system:manage', 'system:people'] as const) {
      expect(() => authorise(elsewhere, action, 'a')).toThrow(expect.objectContaining({ code: 'forbidden' }));
    }
    expect(permitted(elsewhere)).toContain('space:manage');
  });

  test.each(Role.options)('lets neither browser nor key of a %s make links that sign in', (role) => {
    for (const kind of ['session', 'key'] as const) {
      expect(permitted(subject(role, { kind }))).not.toContain('account:link');
    }
  });

  test('never lets a key manage people, keys or spaces, whatever it names', () => {
    const bold = subject('host', { kind: 'key', scopes: [...ACTIONS] });
    for (const action of ['account:self', 'space:manage', 'space:erase', 'system:people'] as const) {
      expect(permitted(bold)).not.toContain(action);
    }
  });

  test('a key lets do no more than its user may and its scopes name', () => {
    const anyKey = fc.record({
      role: fc.constantFrom(...Role.options),
      atHome: fc.boolean(),
      scopes: fc.subarray([...KEY_SCOPES]),
    });
    fc.assert(
      fc.property(anyKey, ({ role, atHome, scopes }) => {
        const may = permitted(subject(role, { kind: 'key', atHome, scopes }));
        const named = new Set<Action>([...scopes, 'public', 'account:read']);
        expect(new Set(may)).toEqual(
          new Set(permitted(subject(role, { atHome })).filter((action) => named.has(action))),
        );
      }),
    );
  });
});
