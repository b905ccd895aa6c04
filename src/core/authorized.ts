declare const checked: unique symbol;

/** A value whose access was checked by the one authorisation function; only the room `people` makes one. */
export type Authorized<T> = T & { readonly [checked]: true };

/** Who does something, in whose memory space. */
export interface Access {
  readonly ownerId: string;
  readonly userId: string;
  /** What they showed, and what it lets them do; absent for nobody known and for what the house does itself. */
  readonly credentialId?: string;
  readonly actions?: readonly string[];
}
