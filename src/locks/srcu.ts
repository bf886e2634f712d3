import { GhostEvent, LockKind } from '../shared/ghost-event.ts';
import type { LayoutBuilder } from '../shared/layout.ts';
import type { Memory, Word } from '../shared/memory.ts';

/**
 * SRCU as it guards memslots (`kvm->srcu`; kernel/rcu/srcutree.c): two sides, of which new readers enter the current
 * one, and an updater that flips the sides waits for the readers of both.
 */
export interface Srcu {
  /** Which side new readers enter: 0 or 1. */
  readonly side: Word;
  /** One word a thread: bit 0 or 1 while it reads on that side. */
  readonly readers: Word;
  readonly threads: number;
  /** What observers take it for: a `LockKind`. */
  readonly kind: number;
}

export function createSrcu(layout: LayoutBuilder, name: string, threads: number, kind: number = LockKind.srcu): Srcu {
  return Object.freeze({
    side: layout.region({
      name: `${name}.side`,
      count: 1,
      wordClass: 'shared',
      meaning: 'side that new readers enter',
    }),
    readers: layout.region({
      name: `${name}.reader`,
      count: threads,
      wordClass: 'shared',
      padded: true,
      meaning: 'side on which each thread reads: bit 0 or 1',
    }),
    threads,
    kind,
  });
}

/** srcu_read_lock. Sections of one thread do not nest. */
export function srcuReadLock(m: Memory, srcu: Srcu, thread: number): void {
  m.store(srcu.readers + thread, 1 << m.load(srcu.side));
  m.note(GhostEvent.lockAcquired, -1, srcu.kind);
}

/** srcu_read_unlock. */
export function srcuReadUnlock(m: Memory, srcu: Srcu, thread: number): void {
  m.note(GhostEvent.lockReleased, -1, srcu.kind);
  m.store(srcu.readers + thread, 0);
  m.wake(srcu.readers + thread);
}

/** synchronize_srcu: returns when every section that began before the call has ended. One updater at a time. */
export function synchronizeSrcu(m: Memory, srcu: Srcu): void {
  m.note(GhostEvent.mightSleep, -1, 0);
  const current = m.load(srcu.side);
  // A reader may have looked up the other side before the last flip and enter it only now: drain that side first, or
  // the flip would make it look like a reader that came later.
  awaitSideEmpty(m, srcu, current ^ 1);
  m.store(srcu.side, current ^ 1);
  awaitSideEmpty(m, srcu, current);
}

function awaitSideEmpty(m: Memory, srcu: Srcu, side: number): void {
  for (let thread = 0; thread < srcu.threads; thread++) m.awaitBits(srcu.readers + thread, 1 << side, 0);
}
