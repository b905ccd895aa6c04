import type { Recall } from '../../chat/chat-deps.ts';
import type { RecallDeps } from '../../memory/recall.ts';
import type { Telemetry } from '../../ports/telemetry.ts';
import { observe } from './observe.ts';

/** The same recall, observed as a whole. */
export function observedRecall(telemetry: Telemetry | undefined, recall: Recall): Recall {
  if (telemetry === undefined) return recall;
  return (request, ctx) => observe(telemetry, { kind: 'recall' }, () => recall(request, ctx));
}

/** What a recall needs, each part observed as a stage. */
export function recallStages(telemetry: Telemetry | undefined, deps: RecallDeps): RecallDeps {
  if (telemetry === undefined) return deps;
  const stage = <T>(name: string, part: () => T) =>
    observe(telemetry, { kind: 'recall-stage', stage: name }, part);
  const { memory, texts, embedder } = deps;
  return {
    ...deps,
    embedder() {
      const serving = embedder();
      const { embedder: asked } = serving;
      return {
        ...serving,
        embedder: {
          ...asked,
          embedQuery: (...question) => stage('question-vector', () => asked.embedQuery(...question)),
        },
      };
    },
    hidden: () => stage('hidden-sources', deps.hidden),
    titles: (sessionIds) => stage('titles', () => deps.titles(sessionIds)),
    memory: {
      ...memory,
      search: (...wanted) => stage('search', () => memory.search(...wanted)),
      get: (...wanted) => stage('items', () => memory.get(...wanted)),
      at: (...wanted) => stage('neighbours', () => memory.at(...wanted)),
    },
    texts: { ...texts, read: (...wanted) => stage('texts', () => texts.read(...wanted)) },
  };
}
