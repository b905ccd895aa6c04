import { describe, expect, test } from 'vitest';
import { remoteContext, traceparent } from './trace-context.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

describe('a traceparent', () => {
  test('is read and written back as it came', () => {
    const context = remoteContext(`00-${TRACE}-${SPAN}-01`);
    expect(context).toEqual({ traceId: TRACE, spanId: SPAN, traceFlags: 1, isRemote: true });
    expect(context && traceparent(context)).toBe(`00-${TRACE}-${SPAN}-01`);
  });

  test('of a later version may have more behind it', () => {
    expect(remoteContext(`cc-${TRACE}-${SPAN}-00-what-comes`)).toMatchObject({
      traceId: TRACE,
      traceFlags: 0,
    });
  });

  test.each([
    ['nothing', ''],
    ['ids of zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['no span', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['the forbidden version', `ff-${TRACE}-${SPAN}-01`],
    ['capitals', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ['more than its version knows', `00-${TRACE}-${SPAN}-01-more`],
    ['another thing', 'drop table'],
  ])('that is not one is ignored: %s', (_, header) => {
    expect(remoteContext(header)).toBeUndefined();
  });
});
