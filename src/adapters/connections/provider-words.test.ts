import { describe, expect, it } from 'vitest';
import { retryAfterMs, saidBy } from './provider-words.ts';

const KEY = 'sk-canary-0123456789';

describe('saidBy', () => {
  it.each([
    [`Wrong key ${KEY} for this.`, 'Wrong key [key] for this.'],
    [`Wrong key: "${KEY}".`, 'Wrong key: [key]'],
    [`Wrong key sk-canary-01***.`, 'Wrong key [key]'],
    [`{"auth":"Bearer ${KEY}"}`, '{"auth":"Bearer [key]'],
    ['Nothing of it.', 'Nothing of it.'],
  ])('hides the key, also a piece of it: %s', (text, hidden) => {
    expect(saidBy(text, KEY)).toBe(hidden);
  });

  it('keeps 300 characters, and no beginning of a key at their end', () => {
    const text = `${'x '.repeat(148)}${KEY}`;
    expect(saidBy(text, KEY)).not.toContain('sk-');
    expect(saidBy('y'.repeat(1_000), undefined)).toHaveLength(300);
    expect(saidBy('y'.repeat(1_000), '')).toHaveLength(300);
  });
});

describe('retryAfterMs', () => {
  it('reads seconds and dates', () => {
    expect(retryAfterMs('7')).toBe(7_000);
    const inTenSeconds = retryAfterMs(new Date(Date.now() + 10_000).toUTCString()) ?? 0;
    expect(inTenSeconds).toBeGreaterThan(8_000);
    expect(inTenSeconds).toBeLessThanOrEqual(10_000);
  });

  it('never waits a negative time or more than an hour', () => {
    expect(retryAfterMs('Wed, 01 Jan 2020 00:00:00 GMT')).toBe(0);
    expect(retryAfterMs('999999999')).toBe(3_600_000);
  });

  it.each([undefined, null, '', 'soon', '-1x'])('takes nothing else for a time: %s', (value) => {
    expect(retryAfterMs(value)).toBeUndefined();
  });
});
