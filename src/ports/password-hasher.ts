/** Makes of a password what may be stored, slowly on purpose. */
export interface PasswordHasher {
  /** Salt, parameters and hash as one line of text. */
  hash(password: string): Promise<string>;
  /** As slow for a wrong password as for the right one; false for a line it does not know. */
  verify(password: string, stored: string): Promise<boolean>;
}
