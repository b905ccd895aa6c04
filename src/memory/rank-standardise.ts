/**
 * Standard scores (mean 0, standard deviation 1) of the values that are present; an absent value gets 0, neither for
 * nor against. All equal: all 0.
 */
export function standardise(values: readonly (number | undefined)[]): number[] {
  const present = values.filter((value) => value !== undefined);
  const mean = present.reduce((sum, value) => sum + value, 0) / Math.max(present.length, 1);
  const variance = present.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(present.length, 1);
  const deviation = Math.sqrt(variance);
  // Rounding leaves equal values a deviation near 1e-17, which would blow noise up to a signal.
  if (deviation < 1e-9) return values.map(() => 0);
  return values.map((value) => (value === undefined ? 0 : (value - mean) / deviation));
}
