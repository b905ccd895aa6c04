import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { peopleRoom } from '../../test/fakes/people-room.ts';
import type { AuditEntryRow } from '../ports/people-rows.ts';
import { record, verifyAudit } from './audit-log.ts';

let room: Awaited<ReturnType<typeof peopleRoom>>;
beforeEach(async () => {
  room = await peopleRoom();
  for (const event of ['one', 'two', 'three', 'four']) await add(event);
});
afterEach(() => room.ledger.close());

const add = (event: string) =>
  room.ledger.forOwner(room.host.ownerId, (tx) =>
    record(tx, room.host.ownerId, room.host, { event, subject: event, counts: { items: 1 } }),
  );
const verify = () => verifyAudit(room.host.ownerId, room, new AbortController().signal);
const entries = () =>
  room.ledger.forOwner(room.host.ownerId, (tx) =>
    tx.table('auditEntries').list({ orderBy: [['seq', 'asc']] }),
  );
const rewrite = (seq: number, patch: Partial<Omit<AuditEntryRow, 'ownerId'>>) =>
  room.ledger.system((tx) => tx.table('auditEntries').update({ seq }, patch));

describe('the audit log', () => {
  test('as it was written is right, and grows from its first entry on', async () => {
    const all = await entries();
    expect(all.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
    expect(await verify()).toEqual({ ok: true, entries: 5, head: all.at(-1)?.hash });
  });

  test('shows a change of any field of any entry', async () => {
    const text = fc.string({ minLength: 1, maxLength: 8 }).map((end) => `x${end}`);
    const patch = fc.oneof(
      fc.record({ event: text }),
      fc.record({ subject: text }),
      fc.record({ userId: text }),
      fc.record({ credentialId: text }),
      fc.record({ counts: text }),
      fc.record({ hash: text }),
      fc.record({ previousHash: text }),
      fc.record({ at: fc.nat(1000) }),
      fc.constant({ outcome: 'denied' as const }),
    );
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5 }), patch, async (seq, change) => {
        const before = (await entries())[seq - 1];
        await rewrite(seq, change);
        expect(await verify()).toMatchObject({ ok: false, problem: expect.stringContaining(`entry `) });
        if (before) await rewrite(seq, before);
        expect((await verify()).ok).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test.each([1, 3, 5])('shows that entry %i was taken out', async (seq) => {
    await room.ledger.forOwner(room.host.ownerId, (tx) => tx.table('auditEntries').remove({ seq }));
    expect(await verify()).toMatchObject({ ok: false, problem: expect.stringContaining('missing') });
  });

  test('shows that its end was cut and sealed again', async () => {
    const { head } = await verify();
    await room.ledger.forOwner(room.host.ownerId, async (tx) => {
      await tx.table('auditEntries').remove({ seq: { gt: 2 } });
      const last = await tx.table('auditEntries').get({ seq: 2 });
      await tx.table('auditHeads').update({}, { seq: 2, hash: last?.hash ?? '' });
    });
    const after = await verify();
    // Consistent in itself; the head that was kept elsewhere is what tells.
    expect(after.head).not.toBe(head);
  });

  test('of one space is not that of another', async () => {
    const other = 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb';
    await room.ledger.forOwner(other, (tx) => record(tx, other, undefined, { event: 'theirs' }));
    expect(await room.events(other)).toEqual(['theirs']);
    expect(await room.events()).not.toContain('theirs');
  });
});
