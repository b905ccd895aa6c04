import { array, assert, double, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { workSlices } from './work-slices.ts';

describe('workSlices', () => {
  it('hands out every text once, in order, and never an empty run', () => {
    const texts = array(string({ maxLength: 300 }), { maxLength: 60 });
    const times = array(double({ min: 0, max: 1_000, noNaN: true }), { minLength: 1 });
    assert(
      property(texts, times, (texts, times) => {
        const slices = workSlices(10, 200);
        const seen: string[] = [];
        for (let turn = 0; seen.length < texts.length; turn++) {
          const run = slices.next(texts, seen.length);
          expect(run.length).toBeGreaterThan(0);
          slices.learn(run, times[turn % times.length] ?? 0);
          seen.push(...run);
        }
        expect(seen).toEqual(texts);
      }),
    );
  });

  it('approaches the wanted time, whatever the speed of the model', () => {
    for (const msPerText of [0.05, 1, 4]) {
      const slices = workSlices(10, 1_000);
      const texts = Array.from({ length: 10_000 }, () => 'twenty characters ab');
      let run: string[] = [];
      for (let turn = 0; turn < 40; turn++) {
        run = slices.next(texts, 0);
        slices.learn(run, run.length * msPerText);
      }
      expect(run.length * msPerText).toBeGreaterThan(5);
      expect(run.length * msPerText).toBeLessThan(12);
    }
  });

  it('gives a text that takes longer than the wanted time a run of its own', () => {
    const slices = workSlices(10, 1_000);
    slices.learn(['x'.repeat(100)], 100);
    expect(slices.next(['x'.repeat(900), 'y', 'z'], 0)).toHaveLength(1);
  });
});
