/** Numbers in [0, 1) that are the same in every run (mulberry32, public domain, by Tommy Ettinger). */
function fixedRandom(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const RESAMPLES = 1_000;

/** 95 % percentile bootstrap interval of the mean (Efron 1979), with fixed randomness; of nothing, 0 to 0. */
export function bootstrapInterval(values: readonly number[]): {
  readonly low: number;
  readonly high: number;
} {
  if (values.length === 0) return { low: 0, high: 0 };
  const random = fixedRandom(1);
  const means = Array.from({ length: RESAMPLES }, () => {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[Math.floor(random() * values.length)] ?? 0;
    return sum / values.length;
  }).sort((a, b) => a - b);
  return { low: means[RESAMPLES * 0.025] ?? 0, high: means[RESAMPLES * 0.975 - 1] ?? 0 };
}
