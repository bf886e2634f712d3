import { GhostEvent } from '../shared/ghost-event.ts';
import type { LayoutBuilder } from '../shared/layout.ts';
import type { Memory, Word } from '../shared/memory.ts';

/**
 * RCU for page-table pages: readers never wait, and neither does the allocator. A page that was unlinked gets a stamp
 * and may be handed out again when no read side section that began before the stamp is still open (the polled
 * interface get_state_synchronize_rcu / poll_state_synchronize_rcu).
 */
export interface Rcu {
  /** Advanced by every retirement; never 0 in fewer than 2^31 of them. */
  readonly epoch: Word;
  /** One word a thread: 0 outside, else the epoch in which its section began. */
  readonly readers: Word;
  readonly threads: number;
}

export function createRcu(layout: LayoutBuilder, name: string, threads: number): Rcu {
  return Object.freeze({
    epoch: layout.region({
      name: `${name}.epoch`,
      count: 1,
      wordClass: 'shared',
      padded: true,
      meaning: 'retirements so far, + 1',
    }),
    readers: layout.region({
      name: `${name}.reader`,
      count: threads,
      wordClass: 'shared',
      padded: true,
      meaning: 'epoch of each open read side section, 0 = none',
    }),
    threads,
  });
}

export function initRcu(m: Memory, rcu: Rcu): void {
  m.store(rcu.epoch, 1);
}

/** rcu_read_lock. Sections of one thread do not nest. */
export function rcuReadLock(m: Memory, rcu: Rcu, thread: number): void {
  const epoch = m.load(rcu.epoch);
  // A retirement between the two steps is harmless: the page is unlinked already, and this section has read nothing.
  m.store(rcu.readers + thread, epoch);
  m.note(GhostEvent.rcuReadLock, -1, 0);
}

/** rcu_read_unlock. */
export function rcuReadUnlock(m: Memory, rcu: Rcu, thread: number): void {
  m.store(rcu.readers + thread, 0);
  m.note(GhostEvent.rcuReadUnlock, -1, 0);
}

/** Call after unlinking: the stamp that the unlinked object waits for. */
export function rcuStamp(m: Memory, rcu: Rcu): number {
  return m.fetchAdd(rcu.epoch, 1) + 1;
}

/** Whether every section that could have reached the stamped object has ended. */
export function rcuElapsed(m: Memory, rcu: Rcu, stamp: number): boolean {
  for (let thread = 0; thread < rcu.threads; thread++) {
    const began = m.load(rcu.readers + thread);
    if (began !== 0 && ((began - stamp) | 0) < 0) return false;
  }
  return true;
}
