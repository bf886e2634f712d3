import type { LayoutBuilder } from '../shared/layout.ts';
import type { Memory, Word } from '../shared/memory.ts';

/**
 * A first come, first served lock in which every waiter waits on a word of its own: the MCS queue under Linux's
 * qspinlock (kernel/locking/mcs_spinlock.h; Mellor-Crummey and Scott 1991).
 */
export interface QueuedSpinlock {
  /** 0, or 1 + the thread that came last. */
  readonly tail: Word;
  /** Two words a thread: the thread behind it, and whether it has been let in. */
  readonly nodes: Word;
}

const NEXT = 0;
const GRANTED = 1;
const WORDS_PER_NODE = 2;
/** Set in a node's NEXT word, whose other bits are the thread behind. */
const LINKED = 1;

export function createQueuedSpinlock(layout: LayoutBuilder, name: string, threads: number): QueuedSpinlock {
  return Object.freeze({
    tail: layout.region({
      name: `${name}.tail`,
      count: 1,
      wordClass: 'shared',
      padded: true,
      meaning: 'queue: 1 + last thread, or 0',
    }),
    nodes: layout.region({
      name: `${name}.node`,
      count: threads * WORDS_PER_NODE,
      wordClass: 'shared',
      meaning: 'queue: who is behind each thread, and whether it may go',
      wordName: (index) => `${name}.${index % WORDS_PER_NODE === NEXT ? 'next' : 'granted'}[${index >> 1}]`,
    }),
  });
}

export function queuedSpinLock(m: Memory, lock: QueuedSpinlock, thread: number): void {
  const predecessor = m.exchange(lock.tail, thread + 1);
  if (predecessor === 0) return;
  // Linking before waiting: the predecessor's unlock finds a successor to let in, or waits until it does.
  const next = lock.nodes + (predecessor - 1) * WORDS_PER_NODE + NEXT;
  m.store(next, (thread << 1) | LINKED);
  m.wake(next);
  const granted = lock.nodes + thread * WORDS_PER_NODE + GRANTED;
  m.awaitBits(granted, 1, 1);
  m.store(granted, 0);
}

export function queuedSpinUnlock(m: Memory, lock: QueuedSpinlock, thread: number): void {
  if (m.tryReplace(lock.tail, thread + 1, 0)) return;
  // Somebody has queued behind this thread but may not have linked itself yet.
  const next = lock.nodes + thread * WORDS_PER_NODE + NEXT;
  const successor = m.awaitBits(next, LINKED, LINKED) >> 1;
  m.store(next, 0);
  const granted = lock.nodes + successor * WORDS_PER_NODE + GRANTED;
  m.store(granted, 1);
  m.wake(granted);
}
