import { embedderContract } from '../../../test/contracts/embedder.ts';
import { fakeEmbedder } from '../../../test/fakes/embedder.ts';

embedderContract('fakeEmbedder', async () => ({ embedder: fakeEmbedder() }));
