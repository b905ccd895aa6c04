import { describe, expect, test } from 'vitest';
import { scryptPasswordHasher } from './scrypt-password-hasher.ts';

const cheap = { N: 2 ** 4, r: 1, p: 1 };
const passwords = scryptPasswordHasher(cheap);

describe('a stored password', () => {
  test('opens with the same password only', async () => {
    const stored = await passwords.hash('correct horse battery');
    expect(await passwords.verify('correct horse battery', stored)).toBe(true);
    expect(await passwords.verify('correct horse batterx', stored)).toBe(false);
  });

  test('is salted: the same password is stored in another way each time, never as it is', async () => {
    const [one, two] = [await passwords.hash('sama-sama'), await passwords.hash('sama-sama')];
    expect(one).not.toBe(two);
    expect(one).not.toContain('sama');
  });

  test('may be typed in another Unicode form', async () => {
    const stored = await passwords.hash('caf\u00e9 au lait');
    expect(await passwords.verify('cafe\u0301 au lait', stored)).toBe(true);
  });

  test('goes on opening after the cost was raised', async () => {
    const stored = await passwords.hash('the old one');
    expect(await scryptPasswordHasher({ N: 2 ** 5, r: 2, p: 1 }).verify('the old one', stored)).toBe(true);
  });

  test.each(['', 'scrypt$16$1$1$$', 'plain$text', 'bcrypt$1$2$3$YQ$YQ'])(
    'that is %j is nobody’s password',
    async (stored) => {
      expect(await passwords.verify('', stored)).toBe(false);
    },
  );
});
