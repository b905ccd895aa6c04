import type { OpenAiRouteName } from '../../src/wire/openai-routes.ts';
import type { RouteName } from '../../src/wire/routes.ts';

export const QUESTION = 'Who drinks green tea from Shizuoka, and what is my tea?';

/** Ids of the things that both spaces have, by the word that stands before the id in paths. */
export type Ids = Readonly<
  Record<'documents' | 'sessions' | 'messages' | 'answers' | 'items' | 'citations' | 'jobs', string>
>;

/**
 * How a route is read: `same`: its answer does not change by what others have; `own`: it may change with time and use, but shows
 * nothing of theirs; `changes`: it is no read path, and reaches what the matrix of authorisation says; `installation`: it shows all
 * of it, to whom it belongs.
 */
export type Reading =
  | { readonly is: 'same' | 'own'; readonly query?: string; readonly body?: unknown }
  | { readonly is: 'changes' | 'installation' };

const same = (query = '') => ({ is: 'same', query }) as const;
const own = (query = '') => ({ is: 'own', query }) as const;
const asking = (body: unknown) => ({ is: 'own', body }) as const;
const CHANGES = { is: 'changes' } as const;

export const READINGS: Readonly<Record<RouteName, Reading>> = {
  live: same(),
  ready: same(),
  status: same(),
  doctor: same(),
  rebuild: CHANGES,
  listSettings: same(),
  setSetting: CHANGES,
  uploadDocument: CHANGES,
  listDocuments: same('?limit=200'),
  getDocument: same(),
  getOriginal: same(),
  retryDocument: CHANGES,
  deleteDocument: CHANGES,
  listSources: same('?prefix=h'),
  listPlaces: same('?source=home'),
  importHistory: CHANGES,
  listSessions: same('?query=tea'),
  createSession: CHANGES,
  getSession: same(),
  renameSession: CHANGES,
  deleteSession: CHANGES,
  exportSession: same(),
  listMessages: same(),
  // Written and read at once; the other side writes to the same conversation meanwhile.
  sendMessage: asking({ text: QUESTION, clientId: 'the-same-in-both' }),
  deleteMessage: CHANGES,
  followAnswer: own(),
  stopAnswer: CHANGES,
  answerTrace: same(),
  regenerate: asking({}),
  editMessage: CHANGES,
  chooseLeaf: CHANGES,
  branchSession: CHANGES,
  ask: asking({ question: QUESTION }),
  askStream: asking({ question: QUESTION }),
  recall: { is: 'same', body: { question: QUESTION } },
  listItems: same('?limit=200'),
  getItem: same(),
  openCitation: same(),
  addMemories: CHANGES,
  updateMemory: CHANGES,
  deleteMemory: CHANGES,
  memoryProfile: same(),
  listJobs: own('?limit=200'),
  getJob: same(),
  getJobLog: same(),
  cancelJob: CHANGES,
  retryJob: CHANGES,
  listQueues: own(),
  requeueJobs: CHANGES,
  pauseQueue: CHANGES,
  resumeQueue: CHANGES,
  listModels: same(),
  pullModel: CHANGES,
  removeAdapter: CHANGES,
  useEmbedder: CHANGES,
  putProvider: CHANGES,
  removeProvider: CHANGES,
  listProviderModels: same(),
  setRole: CHANGES,
  removeRole: CHANGES,
  testModel: CHANGES,
  usage: same(),
  // The hosts of the installation see the sum over all spaces, too.
  budgets: own(),
  setSpaceBudget: CHANGES,
  setTotalBudget: CHANGES,
  listPrices: same(),
  setPrices: CHANGES,
  signIn: CHANGES,
  viewEntry: CHANGES,
  makeSignInLink: CHANGES,
  takeInvitation: CHANGES,
  signOut: CHANGES,
  me: same(),
  changePassword: CHANGES,
  listLogins: own(),
  endLogin: CHANGES,
  endLogins: CHANGES,
  listSpaces: same(),
  listOwnKeys: same(),
  createOwnKey: CHANGES,
  revokeOwnKey: CHANGES,
  listUsers: same(),
  createService: CHANGES,
  changeUser: CHANGES,
  removeUser: CHANGES,
  inviteUser: CHANGES,
  listInvitations: same(),
  revokeInvitation: CHANGES,
  listKeys: own(),
  createKey: CHANGES,
  revokeKey: CHANGES,
  createSpace: CHANGES,
  resetPassword: CHANGES,
  renewToken: CHANGES,
  listAudit: own('?limit=200'),
  verifyAudit: own(),
  exportSpace: own(),
  importSpace: CHANGES,
  backUp: { is: 'installation' },
  eraseSpace: CHANGES,
  migrateFromPostgres: CHANGES,
};

const chat = (stream: boolean) => ({
  model: 'jiwa',
  stream,
  messages: [{ role: 'user', content: QUESTION }],
});
export const OPEN_AI: Readonly<Record<OpenAiRouteName, readonly [path: string, bodies: readonly unknown[]]>> =
  {
    models: ['/v1/models', [undefined]],
    model: ['/v1/models/jiwa', [undefined]],
    chatCompletions: ['/v1/chat/completions', [chat(false), chat(true)]],
    responses: [
      '/v1/responses',
      [
        { model: 'jiwa', input: QUESTION },
        { model: 'jiwa', input: QUESTION, stream: true },
      ],
    ],
    embeddings: ['/v1/embeddings', [{ model: 'jiwa', input: QUESTION }]],
  };

/** What each tool of MCP is asked; `undefined` for those that change something. */
export const TOOLS: Readonly<Record<string, ((ids: Ids) => object) | undefined>> = {
  search_memories: () => ({ query: 'green tea' }),
  get_memory: ({ items }) => ({ id: items }),
  list_memories: () => ({}),
  ask: () => ({ question: QUESTION }),
  memory_status: () => ({}),
  add_memory: undefined,
  update_memory: undefined,
  delete_memory: undefined,
};
