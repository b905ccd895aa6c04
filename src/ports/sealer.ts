/** What a sealed secret is bound to: it opens for the same owner and purpose only. */
export interface SealedFor {
  readonly ownerId: string;
  /** What the secret is for, such as `provider:openai`. */
  readonly purpose: string;
}

/**
 * Makes secrets unreadable for whoever has the ledger and not the key. Sealing the same secret twice gives two different
 * texts. `open` throws `unreadable` when the key is lost or another one, and when the text was changed or is bound to
 * something else; then the secret has to be entered again. No error holds a secret.
 */
export interface Sealer {
  seal(secret: string, boundTo: SealedFor): Promise<string>;
  open(sealed: string, boundTo: SealedFor): Promise<string>;
}
