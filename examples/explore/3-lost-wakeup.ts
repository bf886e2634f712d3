/**
 * A consumer that goes to sleep when there is nothing to do. If it looks for work before it says that it is going to
 * sleep, the producer may put work in between, see nobody asleep, and wake nobody.
 * `npx tsx examples/explore/3-lost-wakeup.ts`
 */
import { type Exploration, explore, type ThreadFunction } from '../../src/explore/explore.ts';
import { report } from './report.ts';

type Words = 'work' | 'asleep' | 'signal';

const producer: ThreadFunction<Words> = (m, word) => {
  m.store(word.work, 1);
  if (m.testBits(word.asleep, 1)) m.store(word.signal, 1);
};

const looksFirst: ThreadFunction<Words> = (m, word) => {
  if (!m.testBits(word.work, 1)) {
    m.store(word.asleep, 1);
    m.awaitBits(word.signal, 1, 1);
  }
  return m.load(word.work);
};

const looksAgain: ThreadFunction<Words> = (m, word) => {
  if (!m.testBits(word.work, 1)) {
    m.store(word.asleep, 1);
    // Only now can the producer see that somebody sleeps: what it did before must be looked for once more.
    if (!m.testBits(word.work, 1)) m.awaitBits(word.signal, 1, 1);
  }
  return m.load(word.work);
};

const sleeper = (consumer: ThreadFunction<Words>): Exploration<Words> => ({
  words: { work: 0, asleep: 0, signal: 0 },
  threads: { producer, consumer },
  final: (_, { consumer: got }) => got === 1,
});

report('looks, then sleeps', explore(sleeper(looksFirst)));
report('says that it sleeps, and looks again', explore(sleeper(looksAgain)));
