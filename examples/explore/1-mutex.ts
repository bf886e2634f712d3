/**
 * A mutex that tests and then sets, and one that does both in one step.
 * `npx tsx examples/explore/1-mutex.ts`
 */
import { type Exploration, explore, type ThreadFunction } from '../../src/explore/explore.ts';
import { report } from './report.ts';

type Words = 'lock' | 'inside';

const enter: ThreadFunction<Words> = (m, word) => {
  m.add(word.inside, 1);
  m.add(word.inside, -1);
};

/** Two steps: another thread may take the lock between them. */
const testThenSet: ThreadFunction<Words> = (m, word) => {
  m.awaitBits(word.lock, 1, 0);
  m.store(word.lock, 1);
  enter(m, word);
  m.store(word.lock, 0);
};

/** One step: waits until the lock is free, and takes it. */
const testAndSet: ThreadFunction<Words> = (m, word) => {
  m.awaitAdd(word.lock, 1, 0, 1);
  enter(m, word);
  m.store(word.lock, 0);
};

const mutex = (thread: ThreadFunction<Words>): Exploration<Words> => ({
  words: { lock: 0, inside: 0 },
  threads: { left: thread, right: thread },
  invariants: { 'one at a time': ({ inside }) => inside <= 1 },
});

report('test, then set', explore(mutex(testThenSet)));
report('test and set in one step', explore(mutex(testAndSet)));
