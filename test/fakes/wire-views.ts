import type { DocumentView } from '../../src/wire/documents.ts';
import type { JobView } from '../../src/wire/jobs.ts';
import type { CitationView, Hit, Place, RecallResult } from '../../src/wire/recall.ts';
import type { Answer, AskEvent, MessageView, SessionView } from '../../src/wire/sessions.ts';
import type { ReadyView, StatusView } from '../../src/wire/system.ts';

/** A whole id that begins with the given hex digits. */
export function testId(beginning: string): string {
  const digits = (beginning + '0'.repeat(32)).slice(0, 32).split('');
  digits[12] = '4';
  digits[16] = '8';
  const hex = digits.join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const TEST_TIME = Date.UTC(2026, 6, 1, 11, 55);

export const aDocument = (over: Partial<DocumentView> = {}): DocumentView => ({
  id: testId('d0c1'),
  filename: 'lease.pdf',
  contentType: 'application/pdf',
  sizeBytes: 1234,
  sha256: 'a'.repeat(64),
  status: 'ready',
  canRetry: false,
  tags: [],
  chunks: 4,
  vectors: 3,
  places: [{ source: 'folder:home:1', path: 'papers/lease.pdf' }],
  uploadedAt: TEST_TIME,
  updatedAt: TEST_TIME,
  ...over,
});

export const aSession = (over: Partial<SessionView> = {}): SessionView => ({
  id: testId('5e55'),
  title: 'Boat trip',
  messages: 2,
  origin: 'chat',
  createdAt: TEST_TIME,
  updatedAt: TEST_TIME,
  ...over,
});

export const aMessage = (over: Partial<MessageView> = {}): MessageView => ({
  id: testId('3e55'),
  sessionId: testId('5e55'),
  seq: 1,
  role: 'user',
  text: 'We leave at nine.',
  time: TEST_TIME,
  citations: [],
  ...over,
});

export const aJob = (over: Partial<JobView> = {}): JobView => ({
  id: testId('70b1'),
  queue: 'ingestion',
  kind: 'read-document',
  status: 'done',
  attempt: 1,
  maxAttempts: 3,
  progress: { done: 1, total: 1 },
  createdAt: TEST_TIME,
  runAt: TEST_TIME,
  ...over,
});

export const aPlace = (over: Partial<Place> = {}): Place => ({
  kind: 'document',
  documentId: testId('d0c1'),
  name: 'lease.pdf',
  page: 2,
  position: 0,
  time: TEST_TIME,
  ...over,
});

export const aHit = (over: Partial<Hit> = {}): Hit => ({
  id: testId('c1'),
  kind: 'chunk',
  text: 'The lease ends on 31 March 2028.',
  score: 3.25,
  signals: { words: 2.5, meaning: 0.75, neighbours: 0, role: 0, speaker: 0, answering: 0, time: 0 },
  matched: ['lease', 'ends'],
  place: aPlace(),
  tags: [],
  trust: 3,
  neighbours: [],
  ...over,
});

export const anAnswer = (over: Partial<Answer> = {}): Answer => ({
  kind: 'extractive',
  text: 'The lease ends on 31 March 2028. [1]',
  citations: [{ marker: 1, itemId: testId('c1'), quote: 'ends on 31 March 2028', place: aPlace() }],
  nearest: [],
  tookMs: 12,
  ...over,
});

/** The events of an answer that nothing is kept of. */
export const told = (answer: Answer = anAnswer()): AskEvent[] => [
  { kind: 'answer-delta', text: answer.text },
  { kind: 'answer-given', answer },
];

export const aRecall = (hits: readonly Hit[] = [aHit()]): RecallResult => ({
  hits: [...hits],
  reading: { language: 'en', asksAssistant: false, terms: ['lease', 'end'] },
  meaning: true,
  considered: 17,
  leftOut: 0,
  tookMs: 8,
});

export const aCitation = (over: Partial<CitationView> = {}): CitationView => ({
  id: testId('c1'),
  place: aPlace(),
  before: 'The lease begins on 1 April 2025.',
  text: 'It ends on 31 March 2028.',
  after: 'It is renewed for three years.',
  ...over,
});

export const allWell = (parts: ReadyView['parts'] = { ledger: { state: 'ok' } }): ReadyView => ({
  ready: true,
  parts,
});

export const aStatus = (over: Partial<StatusView> = {}): StatusView => ({
  version: '1.2.3',
  startedAt: TEST_TIME,
  dataFolder: '/data',
  documents: { ready: 3, failed: 1 },
  sessions: 2,
  messages: 54,
  chunks: 40,
  vectors: { done: 10, of: 40, model: 'text@minilm' },
  jobs: { queued: 1 },
  memoryMb: 120.4,
  ...over,
});
