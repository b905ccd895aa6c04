import { normalise } from '../core/vectors.ts';

/**
 * The way from measurements to a vector. Another list of features, order, range or scale is another version: vectors of
 * two versions are never compared, and the new ones are made again from what is kept of the measurements.
 */
const STATE_VERSION = 1;

/** The vector slot of `state` items. */
export const STATE_SLOT = `state@${STATE_VERSION}`;

/** One measurement of a window: the mean over it, in this unit. */
interface StateFeature {
  readonly unit: string;
  /** What is usual for adults; becomes −1 … 1. */
  readonly usual: readonly [low: number, high: number];
  /** What a living person can have; anything else is a fault of the sensor or another unit. */
  readonly possible: readonly [least: number, most: number];
  /** Ratios count, not differences: the quantity is skewed to the right. */
  readonly scale?: 'log';
  readonly source: string;
}

/** What a state vector is made of, in the order of its numbers. */
export const STATE_FEATURES = {
  heartRate: {
    unit: '/min',
    usual: [60, 100],
    possible: [20, 250],
    source: 'resting heart rate of adults, American Heart Association',
  },
  heartRateVariability: {
    unit: 'ms (RMSSD)',
    usual: [19, 75],
    possible: [1, 400],
    scale: 'log',
    source: 'range of short-term norms, Nunan, Sandercock and Brodie 2010',
  },
  skinConductance: {
    unit: 'µS',
    usual: [2, 20],
    possible: [0.01, 100],
    scale: 'log',
    source: 'tonic level, Dawson, Schell and Filion, Handbook of Psychophysiology',
  },
  skinTemperature: {
    unit: '°C',
    usual: [30, 36],
    possible: [10, 45],
    source: 'wrist and finger in a room; convention of Jiwa, no norm',
  },
  bodyTemperature: {
    unit: '°C',
    usual: [36, 37.5],
    possible: [30, 44],
    source: 'oral temperature of healthy adults',
  },
  respirationRate: {
    unit: '/min',
    usual: [12, 20],
    possible: [2, 80],
    source: 'vital signs of adults at rest',
  },
  oxygenSaturation: {
    unit: '%',
    usual: [95, 100],
    possible: [50, 100],
    source: 'pulse oximetry of healthy adults at sea level',
  },
  systolicPressure: {
    unit: 'mmHg',
    usual: [90, 130],
    possible: [50, 280],
    source: 'from low to the border of hypertension stage 1, ACC/AHA 2017',
  },
  diastolicPressure: {
    unit: 'mmHg',
    usual: [60, 80],
    possible: [20, 180],
    source: 'from low to the border of hypertension stage 1, ACC/AHA 2017',
  },
  stress: {
    unit: 'of 100',
    usual: [0, 100],
    possible: [0, 100],
    source: 'score of a device or a questionnaire; the whole scale',
  },
  activity: {
    unit: 'steps/min',
    usual: [0, 120],
    possible: [0, 300],
    source: 'standing still to brisk walking',
  },
  sleep: {
    unit: 'h in the last night',
    usual: [6, 9],
    possible: [0, 24],
    source: 'recommended 7–9 h for adults, National Sleep Foundation 2015, one hour less below',
  },
} as const satisfies Readonly<Record<string, StateFeature>>;

export type StateFeatureName = keyof typeof STATE_FEATURES;
export const STATE_FEATURE_NAMES = Object.keys(STATE_FEATURES) as StateFeatureName[];

/** Numbers in a state vector: one a feature, and a constant one. */
export const STATE_DIMENSIONS = STATE_FEATURE_NAMES.length + 1;

/** Significant ones of a measurement: more than a sensor has, and what the text keeps, of which the vector is made again. */
const DIGITS = 4;

/** Beyond this, in units of half the usual range, more of it says no more. */
const MOST = 2;

export interface StateReading {
  /** Unit length, `STATE_DIMENSIONS` numbers; `undefined` when nothing was measured. */
  readonly vector: Float32Array | undefined;
  /** What the vector was made of. */
  readonly values: Partial<Readonly<Record<StateFeatureName, number>>>;
  /** What came and could not be used. */
  readonly faults: readonly { readonly feature: StateFeatureName; readonly reason: string }[];
}

/** A decimal number, as number or as text; `undefined` for anything else. */
function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || !/^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/iu.test(value))
    return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

function scaled(value: number, { usual: [low, high], scale }: StateFeature): number {
  const at = scale === 'log' ? Math.log : (x: number) => x;
  const place = (2 * (at(value) - at(low))) / (at(high) - at(low)) - 1;
  return Math.max(-MOST, Math.min(MOST, place));
}

/**
 * One window of biometrics as a vector that cosine compares. Every feature is laid on −2 … 2, where −1 … 1 is what is usual
 * and 0 the middle of it; one that is missing, no number or impossible is 0: it speaks neither for nor against likeness.
 * The last number is 1 before the whole is scaled to unit length, so that how far a state is from the middle counts, not only
 * in which direction. `null`, `undefined` and empty text are missing and no fault. Same input, same vector.
 */
export function readState(row: Readonly<Record<string, unknown>>): StateReading {
  const vector = new Float32Array(STATE_DIMENSIONS);
  const values: Partial<Record<StateFeatureName, number>> = {};
  const faults: { feature: StateFeatureName; reason: string }[] = [];
  for (const [index, name] of STATE_FEATURE_NAMES.entries()) {
    const given = Object.hasOwn(row, name) ? row[name] : undefined;
    if (given === undefined || given === null || (typeof given === 'string' && given.trim() === '')) continue;
    const feature: StateFeature = STATE_FEATURES[name];
    const exact = numberOf(given);
    const value = exact === undefined ? undefined : Number(exact.toPrecision(DIGITS));
    const [least, most] = feature.possible;
    if (value === undefined) faults.push({ feature: name, reason: `${name}: not a number` });
    else if (value < least || value > most)
      faults.push({ feature: name, reason: `${name}: not within ${least}–${most} ${feature.unit}` });
    else {
      values[name] = value;
      vector[index] = scaled(value, feature);
    }
  }
  if (Object.keys(values).length === 0) return { vector: undefined, values, faults };
  vector[STATE_DIMENSIONS - 1] = 1;
  return { vector: normalise(vector), values, faults };
}

const wordsOf = (name: StateFeatureName) =>
  name.replaceAll(/[A-Z]/gu, (letter) => ` ${letter.toLowerCase()}`);

/** What was measured, as a line for people. */
export function stateText(values: StateReading['values']): string {
  const parts = STATE_FEATURE_NAMES.flatMap((name) => {
    const value = values[name];
    return value === undefined ? [] : `${wordsOf(name)} ${value} ${STATE_FEATURES[name].unit}`;
  });
  return parts.join(', ');
}

/** The vector of a state by its text, the same as when it was measured; `undefined` for a text that tells of none. */
export function stateVectorOf(text: string): Float32Array | undefined {
  const parts = text.split(', ');
  const row = STATE_FEATURE_NAMES.flatMap((name) => {
    const [before, after] = [`${wordsOf(name)} `, ` ${STATE_FEATURES[name].unit}`];
    const part = parts.find((one) => one.startsWith(before) && one.endsWith(after));
    return part === undefined ? [] : [[name, part.slice(before.length, -after.length)] as const];
  });
  return readState(Object.fromEntries(row)).vector;
}
