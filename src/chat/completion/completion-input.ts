import type { CompletionRequest } from '../../wire/completion.ts';

/** A completion with who asks for it. */
export interface CompletionInput extends CompletionRequest {
  readonly userId: string;
  /** The key or token that was shown. */
  readonly credentialId?: string | undefined;
  /** Whether they may add to memory. */
  readonly mayRemember: boolean;
}
