import { movingSuite } from './moving.ts';

/** The stores of the default: files of the data folder. */
const EMBEDDED = { name: 'files', empty: async () => ({}) };

movingSuite(EMBEDDED, EMBEDDED);
