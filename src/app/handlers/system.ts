import type { Ctx } from '../../core/context.ts';
import { doctor } from '../../operations/doctor.ts';
import { listSettings, setSetting } from '../../operations/settings.ts';
import { status } from '../../operations/status.ts';
import { verifyAudit } from '../../people/audit-log.ts';
import type { Handlers } from '../../surfaces/http/handlers.ts';
import type { Bound } from '../bound.ts';
import { settingsDeps } from '../settings.ts';
import { startRebuild } from '../start-rebuild.ts';

const MB = 1_000_000;

export function systemHandlers({ services, embedders, within, version, startedAt }: Bound) {
  const { ledger, config } = services;
  const inspecting = (ownerId: string) => ({
    ...services,
    activeSlot: () => embedders.activeSlot(ownerId),
    verifyAudit: ({ signal }: Ctx) => verifyAudit(ownerId, services, signal),
  });
  const facts = () => {
    const memoryMb = Math.round(process.memoryUsage.rss() / MB);
    return { version, startedAt, dataFolder: config.dataFolder, memoryMb };
  };
  return {
    live: async () => ({ live: true as const }),
    ready: () => services.readiness(),
    status: (access, _input, signal) =>
      status({ ...inspecting(access.ownerId), process: facts }, within(access, signal)),
    doctor: (access, _input, signal) => doctor(inspecting(access.ownerId), within(access, signal)),
    rebuild: (access, _input, signal) => startRebuild(access, services, within(access, signal)),
    async listSettings(access, _input, signal) {
      return { settings: await listSettings(settingsDeps(services), within(access, signal)) };
    },
    setSetting: (access, { params, body }, signal) =>
      setSetting({ ...params, value: body.value }, settingsDeps(services), within(access, signal)),
    async pullModel(access, { body }) {
      const job = { kind: 'pull-model', queue: 'light' as const, payload: body, priority: 0 };
      return { jobId: await ledger.forOwner(access.ownerId, (tx) => tx.enqueue(job)) };
    },
    async useEmbedder(access, { body }, signal) {
      const { jobId } = await embedders.use(body, within(access, signal));
      return { jobId };
    },
  } satisfies Partial<Handlers>;
}
