import { expect, test } from 'vitest';
import { recordingLog } from '../../test/fakes/recording-log.ts';
import { trouble } from './trouble.ts';

test('tells a failure that lasts once, and once that it is over, each time', () => {
  const log = recordingLog();
  const told = trouble({ log, level: 'error', begins: 'begun', ends: 'over' });
  told.worked({ n: 0 });
  for (let time = 0; time < 2; time++) {
    told.failed({ n: 1 });
    told.failed({ n: 2 });
    told.worked({ n: 3 });
    told.worked({ n: 4 });
  }
  const once = [
    { level: 'error', event: 'begun', fields: { n: 1 } },
    { level: 'info', event: 'over', fields: { n: 3, failures: 2 } },
  ];
  expect(log.entries).toEqual([...once, ...once]);
});
