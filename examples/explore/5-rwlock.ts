/**
 * The queued rwlock of `src/locks` (KVM's mmu_lock), proven for two readers and a writer, and the same with a reader
 * that forgets to step back when it finds a writer.
 * `npx tsx examples/explore/5-rwlock.ts`
 */
import { counterexampleText } from '../../src/explore/counterexample-text.ts';
import { exploreProgram } from '../../src/explore/explore-program.ts';
import type { Program } from '../../src/explore/program.ts';
import { createMmuLock, READER, readLock, readUnlock, writeLock, writeUnlock } from '../../src/locks/mmu-lock.ts';
import { LayoutBuilder } from '../../src/shared/layout.ts';
import type { Memory } from '../../src/shared/memory.ts';

const THREADS = 3;
const builder = new LayoutBuilder();
const lock = createMmuLock(builder, 'mmuLock', THREADS);
const readers = builder.region({ name: 'readers', count: 1, wordClass: 'shared', meaning: 'readers inside' });
const writers = builder.region({ name: 'writers', count: 1, wordClass: 'shared', meaning: 'writers inside' });
const layout = builder.build();

function reader(m: Memory, thread: number): void {
  readLock(m, lock, thread);
  m.add(readers, 1);
  m.add(readers, -1);
  readUnlock(m, lock);
}

function hastyReader(m: Memory): void {
  // Counts itself, and goes ahead whoever has the lock.
  m.addAndTest(lock.cnts, READER, 0xff);
  m.add(readers, 1);
  m.add(readers, -1);
  readUnlock(m, lock);
}

function writer(m: Memory, thread: number): void {
  writeLock(m, lock, thread);
  m.add(writers, 1);
  m.add(writers, -1);
  writeUnlock(m, lock);
}

function program(oneReader: (m: Memory, thread: number) => void): Program {
  return {
    initial: new Int32Array(layout.wordCount),
    wordName: (word) => layout.nameOf(word),
    threads: [
      { name: 'writer', run: (m) => writer(m, 0) },
      { name: 'reader1', run: (m) => oneReader(m, 1) },
      { name: 'reader2', run: (m) => reader(m, 2) },
    ],
    invariants: [
      {
        name: 'mutual exclusion',
        holds: (words) => (words[writers] as number) === 0 || (words[writers] === 1 && words[readers] === 0),
      },
    ],
  };
}

for (const [title, one] of [
  ['rwlock', reader],
  ['rwlock with a hasty reader', hastyReader],
] as const) {
  const explored = program(one);
  const { verdict, states, transitions, interleavings, canAlwaysFinish, violations } = exploreProgram(explored);
  console.log(`${title}: ${verdict} (${states} states, ${transitions} steps, ${interleavings} interleavings)`);
  console.log(`  every thread can always still finish: ${canAlwaysFinish}`);
  for (const violation of violations) console.log(counterexampleText(explored, violation, 'sc').replace(/^/gm, '  '));
}
