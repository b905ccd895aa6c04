import { describe, expect, test } from 'vitest';
import { recordingTelemetry } from '../../../test/fakes/telemetry.ts';
import { AppError } from '../../core/errors.ts';
import { observe } from './observe.ts';

const work = { kind: 'use-case', name: 'look' } as const;
const inner = { kind: 'recall' } as const;

async function* counted(): AsyncGenerator<number> {
  yield 1;
  yield 2;
}

describe('observed work', () => {
  test('ends with its promise, and what it begins belongs to it', async () => {
    const telemetry = recordingTelemetry();
    const { promise, resolve } = Promise.withResolvers<string>();
    const result = observe(telemetry, work, () => observe(telemetry, inner, () => promise));
    expect(telemetry.seen.map(({ ends, inside }) => [ends, inside])).toEqual([
      [0, undefined],
      [0, work],
    ]);
    resolve('done');
    expect(await result).toBe('done');
    expect(telemetry.seen.map(({ end }) => end)).toEqual([{ outcome: 'ok' }, { outcome: 'ok' }]);
  });

  test('ends with the code of what it throws, at once or later', async () => {
    const telemetry = recordingTelemetry();
    const failing = async () => {
      throw new AppError('unavailable', 'The store is gone.');
    };
    await expect(observe(telemetry, work, failing)).rejects.toThrow('gone');
    const throwing = (): number => {
      throw new TypeError('odd');
    };
    expect(() => observe(telemetry, work, throwing)).toThrow('odd');
    expect(telemetry.seen.map(({ end }) => end?.outcome)).toEqual(['unavailable', 'internal']);
  });

  test('ends with the last value of a stream, each of which is made as a part of it', async () => {
    const telemetry = recordingTelemetry();
    async function* values() {
      yield await observe(telemetry, inner, async () => 1);
      yield 2;
    }
    const stream = observe(telemetry, work, values);
    expect(telemetry.seen[0]?.ends).toBe(0);
    expect(await Array.fromAsync(stream)).toEqual([1, 2]);
    expect(telemetry.seen.map(({ ends, inside }) => [ends, inside])).toEqual([
      [1, undefined],
      [1, work],
    ]);
  });

  test('that somebody leaves in the middle is stopped, and was aborted', async () => {
    const telemetry = recordingTelemetry();
    let stopped = false;
    async function* values() {
      try {
        yield* counted();
      } finally {
        stopped = true;
      }
    }
    for await (const value of observe(telemetry, work, values)) if (value === 1) break;
    expect(stopped).toBe(true);
    expect(telemetry.seen[0]).toMatchObject({ ends: 1, end: { outcome: 'aborted' } });
  });

  test('that is neither ends at once', () => {
    const telemetry = recordingTelemetry();
    expect(observe(telemetry, work, () => 7)).toBe(7);
    expect(telemetry.seen[0]).toMatchObject({ ends: 1, end: { outcome: 'ok' } });
  });
});
