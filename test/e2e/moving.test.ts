import { movingSuite } from './moving.ts';

/** The stores of the default: files of the data folder. */
const EMBEDDED = { name: 'files', wordStatistics: 'exact', empty: async () => ({}) } as const;

movingSuite(EMBEDDED, EMBEDDED);
