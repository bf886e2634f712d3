/**
 * A sequence lock: the reader tries again if the sequence was odd, or has changed while it read. Without the second
 * look (the part of the fence behind the reads) it takes half of one value and half of another.
 * `npx tsx examples/explore/2-seqlock.ts`
 */
import { type Exploration, explore, type ThreadFunction } from '../../src/explore/explore.ts';
import { report } from './report.ts';

type Words = 'sequence' | 'low' | 'high';

const writer: ThreadFunction<Words> = (m, word) => {
  m.add(word.sequence, 1);
  m.store(word.low, 7);
  m.store(word.high, 7);
  m.add(word.sequence, 1);
};

const reader =
  (looksAgain: boolean): ThreadFunction<Words> =>
  (m, word) => {
    for (;;) {
      m.loopHead('retry');
      const before = m.awaitBits(word.sequence, 1, 0);
      const low = m.load(word.low);
      const high = m.load(word.high);
      if (!looksAgain || m.load(word.sequence) === before) return [low, high];
    }
  };

const seqlock = (looksAgain: boolean): Exploration<Words> => ({
  words: { sequence: 0, low: 0, high: 0 },
  threads: { writer, reader: reader(looksAgain) },
  final: {
    'not torn': (_, { reader: seen }) => {
      const [low, high] = seen as [number, number];
      return low === high || `the reader has seen ${low} and ${high}`;
    },
  },
});

report('reader without the second look', explore(seqlock(false)));
report('reader that looks again', explore(seqlock(true)));
