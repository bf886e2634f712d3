/**
 * A ring buffer of two slots for one producer and one consumer. If the producer publishes a slot before it has filled
 * it, the consumer reads what was there before.
 * `npx tsx examples/explore/4-ring-buffer.ts`
 */
import { type Exploration, explore, type ThreadFunction } from '../../src/explore/explore.ts';
import { report } from './report.ts';

type Words = 'slot0' | 'slot1' | 'full0' | 'full1';

const ITEMS = 3;

const producer =
  (publishesFirst: boolean): ThreadFunction<Words> =>
  (m, word) => {
    for (let item = 1; item <= ITEMS; item++) {
      const [slot, full] = item % 2 === 1 ? [word.slot0, word.full0] : [word.slot1, word.full1];
      m.awaitBits(full, 1, 0);
      if (publishesFirst) m.store(full, 1);
      m.store(slot, item);
      if (!publishesFirst) m.store(full, 1);
    }
  };

const consumer: ThreadFunction<Words> = (m, word) => {
  const got: number[] = [];
  for (let item = 1; item <= ITEMS; item++) {
    const [slot, full] = item % 2 === 1 ? [word.slot0, word.full0] : [word.slot1, word.full1];
    m.awaitBits(full, 1, 1);
    got.push(m.load(slot));
    m.store(full, 0);
  }
  return got;
};

const ring = (publishesFirst: boolean): Exploration<Words> => ({
  words: { slot0: 0, slot1: 0, full0: 0, full1: 0 },
  threads: { producer: producer(publishesFirst), consumer },
  final: {
    'in order': (_, { consumer: got }) =>
      JSON.stringify(got) === '[1,2,3]' || `the consumer got ${JSON.stringify(got)}`,
  },
});

report('publishes, then fills', explore(ring(true)));
report('fills, then publishes', explore(ring(false)));
