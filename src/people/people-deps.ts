import type { Ledger } from '../ports/ledger.ts';
import type { PasswordHasher } from '../ports/password-hasher.ts';
import type { RateLimits } from './rate-limits.ts';

/** What the use cases of people need. */
export interface PeopleDeps {
  readonly ledger: Ledger;
  readonly passwords: PasswordHasher;
  readonly limits: RateLimits;
  /** At least 128 bits of randomness, printable. */
  readonly newSecret: () => string;
  /** Told when somebody's rights changed: what was believed of them is asked again. */
  readonly changed: () => void;
  /** The first space. */
  readonly home: string;
}

/** One spelling of a login: capitals and look-alike forms do not make another. */
export function loginOf(text: string): string {
  return text.trim().normalize('NFKC').toLowerCase();
}
