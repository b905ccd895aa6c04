import { expect, it } from 'vitest';
import { openChatRoom } from '../../test/fakes/chat-room.ts';
import { goneParents } from './session-path.ts';

it('where forgotten messages hung is found however many are asked for', async () => {
  const room = await openChatRoom();
  try {
    const gone = room.ctx.newId();
    const stone = {
      kind: 'message',
      sourceId: gone,
      parentId: 'before',
      createdAt: 0,
      report: null,
    } as const;
    await room.deps.ledger.forOwner(room.ctx.ownerId, (tx) => tx.table('tombstones').insert(stone));
    const ids = Array.from({ length: 40_000 }, () => room.ctx.newId());
    expect([...(await goneParents([...ids, gone], room.deps, room.ctx))]).toEqual([[gone, 'before']]);
  } finally {
    await room.close();
  }
});
