import { readFixture } from './read-fixture.ts';

/** An exported conversation among the fixtures. */
export const historyFixture = (name: string) => readFixture(`history/${name}`);

/** A line of a history as JSON lines: something the person said, changed by what the test gives. */
export const historyLine = (conversation: string, text: string, more = {}) =>
  `${JSON.stringify({ conversation, role: 'user', text, time: '2024-05-01T10:00:00Z', ...more })}\n`;
