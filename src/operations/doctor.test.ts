import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeCtx } from '../../test/fakes/ctx.ts';
import { openTestLedger } from '../../test/fakes/ledger.ts';
import { fakeMemoryStore } from '../../test/fakes/memory-store.ts';
import { jobRow } from '../../test/fakes/rows.ts';
import type { AuditCheck } from '../wire/audit.ts';
import type { JobQueue } from '../ports/job-queue.ts';
import type { JobRow } from '../ports/ledger-rows.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { doctor } from './doctor.ts';

const ctx = fakeCtx();

let ledger: Ledger;
let queue: JobQueue;
beforeEach(async () => {
  ({ ledger, queue } = await openTestLedger());
});
afterEach(async () => {
  await queue.close();
  await ledger.close();
});

const add = (changes: Partial<JobRow>) =>
  ledger.forOwner(ctx.ownerId, (tx) => tx.table('jobs').insert(jobRow(changes)));
let audit: AuditCheck = { ok: true, entries: 1, head: 'x' };
// No document, so no original is looked for.
const objects = {} as ObjectStore;
const verifyAudit = async () => audit;
const examine = () =>
  doctor({ ledger, objects, memory: fakeMemoryStore(), activeSlot: () => 'text@a', verifyAudit }, ctx);

describe('the doctor and jobs that failed for good', () => {
  it('reports one that a person can do something about', async () => {
    await add({ status: 'dead', errorCode: 'internal' });
    await add({ status: 'dead', errorCode: null });
    const { ok, checks } = await examine();
    expect(ok).toBe(false);
    expect(checks.filter((check) => !check.ok)).toMatchObject([
      { name: 'No job failed for good', found: '2 dead' },
    ]);
  });

  it('is at ease with a file that has no text to read', async () => {
    await add({ status: 'dead', errorCode: 'unreadable' });
    expect((await examine()).ok).toBe(true);
  });
});

describe('the doctor and the audit log', () => {
  it('tells what was changed in it', async () => {
    audit = { ok: false, entries: 2, head: 'x', problem: 'entry 3 was changed' };
    const { ok, checks } = await examine();
    audit = { ok: true, entries: 1, head: 'x' };
    expect(ok).toBe(false);
    expect(checks.filter((check) => !check.ok)).toMatchObject([{ found: 'entry 3 was changed' }]);
  });
});
