import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { dot } from '../core/vectors.ts';
import {
  readState,
  STATE_DIMENSIONS,
  STATE_FEATURE_NAMES,
  STATE_FEATURES,
  STATE_SLOT,
  stateText,
  stateVectorOf,
} from './state-vector.ts';

const anyValue = fc.oneof(
  fc.double(),
  fc.integer({ min: -50, max: 400 }),
  fc.string(),
  fc.constantFrom(null, undefined, '', ' 72 ', '1e2', 'NaN', 'Infinity', '72 bpm', true, '{}'),
);
const anyRow = fc.dictionary(fc.oneof(fc.constantFrom(...STATE_FEATURE_NAMES), fc.string()), anyValue);

test('whatever a row holds, its vector has one length, unit norm and finite numbers, or there is none', () => {
  fc.assert(
    fc.property(anyRow, (row) => {
      const { vector, values } = readState(row);
      expect(vector === undefined).toBe(Object.keys(values).length === 0);
      if (vector === undefined) return;
      expect(vector).toHaveLength(STATE_DIMENSIONS);
      expect(dot(vector, vector)).toBeCloseTo(1, 5);
      expect(vector.every(Number.isFinite)).toBe(true);
    }),
  );
});

test('every value that came is used or a fault, never both', () => {
  fc.assert(
    fc.property(anyRow, (row) => {
      const { values, faults } = readState(row);
      const came = STATE_FEATURE_NAMES.filter(
        (name) => Object.hasOwn(row, name) && String(row[name] ?? '').trim() !== '',
      );
      const told = [...Object.keys(values), ...faults.map(({ feature }) => feature)];
      expect(told.toSorted()).toEqual(came.toSorted());
    }),
  );
});

test('a number and its text give the same vector', () => {
  fc.assert(
    fc.property(fc.integer({ min: 20, max: 250 }), (heartRate) => {
      expect(readState({ heartRate: ` ${heartRate} ` })).toEqual(readState({ heartRate }));
    }),
  );
});

test('a state nearer in one measurement is nearer as a vector', () => {
  const rates = fc.tuple(
    fc.integer({ min: 40, max: 120 }),
    fc.integer({ min: 1, max: 30 }),
    fc.integer({ min: 1, max: 30 }),
  );
  const at = (heartRate: number) => readState({ heartRate }).vector ?? new Float32Array(STATE_DIMENSIONS);
  fc.assert(
    fc.property(rates, ([rate, near, further]) => {
      const [same, close, far] = [
        at(rate),
        at(Math.min(rate + near, 120)),
        at(Math.min(rate + near + further, 120)),
      ];
      expect(dot(same, close)).toBeGreaterThanOrEqual(dot(same, far) - 1e-6);
    }),
  );
});

test('what is missing is as the middle of what is usual', () => {
  const { vector } = readState({ heartRate: 80, stress: 50 });
  expect([...(vector ?? [])]).toEqual([...Array.from({ length: STATE_DIMENSIONS - 1 }, () => 0), 1]);
});

test('what is no number or impossible is told and left out', () => {
  const { values, faults } = readState({ heartRate: 0, oxygenSaturation: 'high', sleep: 7.5 });
  expect(values).toEqual({ sleep: 7.5 });
  expect(faults.map(({ reason }) => reason)).toEqual([
    'heartRate: not within 20–250 /min',
    'oxygenSaturation: not a number',
  ]);
});

test('the usual range of every feature lies within what is possible', () => {
  for (const { usual, possible } of Object.values(STATE_FEATURES)) {
    expect(possible[0]).toBeLessThanOrEqual(usual[0]);
    expect(usual[0]).toBeLessThan(usual[1]);
    expect(usual[1]).toBeLessThanOrEqual(possible[1]);
  }
});

test('the vectors of this version stay as they are: another way needs another version', () => {
  const row = {
    heartRate: 90,
    heartRateVariability: 30,
    skinConductance: 8,
    oxygenSaturation: 97,
    stress: 70,
  };
  const rounded = [...(readState(row).vector ?? [])].map((number) => Number(number.toFixed(4)));
  expect(STATE_SLOT).toBe('state@1');
  expect(rounded).toMatchInlineSnapshot(`
    [
      0.3948,
      -0.2643,
      0.1612,
      0,
      0,
      0,
      -0.1579,
      0,
      0,
      0.3159,
      0,
      0,
      0.7897,
    ]
  `);
});

test('the text of a state makes its vector again, whatever was measured', () => {
  fc.assert(
    fc.property(anyRow, (row) => {
      const { vector, values } = readState(row);
      expect(stateVectorOf(stateText(values))).toEqual(vector);
    }),
  );
  expect(stateVectorOf('nothing, heart rate high /min')).toBeUndefined();
});

test('what was measured is told in words', () => {
  expect(stateText(readState({ heartRate: 72, heartRateVariability: 41.236 }).values)).toBe(
    'heart rate 72 /min, heart rate variability 41.24 ms (RMSSD)',
  );
});
