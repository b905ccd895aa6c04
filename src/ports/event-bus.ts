/** A live note to whoever watches an owner's data; nothing depends on its delivery. */
export type LiveEvent =
  | { readonly kind: 'document-changed'; readonly documentId: string }
  | { readonly kind: 'job-changed'; readonly jobId: string }
  | { readonly kind: 'session-changed'; readonly sessionId: string };

export interface EventBus {
  publish(ownerId: string, event: LiveEvent): void;
  /** Events of one owner from now on, until the signal is aborted; a slow reader loses the oldest beyond 1,000. */
  subscribe(ownerId: string, signal: AbortSignal): AsyncIterable<LiveEvent>;
  close(): Promise<void>;
}
