/** Resolves when a GET is answered with success, else throws what came. */
export async function reachHttp(url: string, signal: AbortSignal): Promise<void> {
  const response = await fetch(url, { signal }).catch((error: unknown) => {
    const { cause } = error as Error; // `fetch failed` says nothing, its cause does
    throw cause instanceof Error ? cause : error;
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
}
