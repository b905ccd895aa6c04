/**
 * What the work gives, or the signal's reason as soon as it is aborted; the work then goes on unheard. For one step of many: with
 * `Promise.race` and one promise for all steps, that promise would hold what each of them gave until the last.
 */
export function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
