import { type Layout, LayoutBuilder } from '../../src/shared/layout.ts';
import type { Word } from '../../src/shared/memory.ts';
import { ThreadMemory, type ThreadMemoryOptions, WAITER_WORDS } from '../../src/shared/thread-memory.ts';

export interface Arena<T> {
  readonly layout: Layout;
  readonly waiters: Word;
  readonly parts: T;
}

/** Lays out what `create` asks for, and the words that the port itself needs. */
export function createArena<T>(create: (layout: LayoutBuilder) => T): Arena<T> {
  const builder = new LayoutBuilder();
  const waiters = builder.region({
    name: 'waiters',
    count: WAITER_WORDS,
    wordClass: 'shared',
    padded: true,
    meaning: 'registered waiters',
  });
  const parts = create(builder);
  return { layout: builder.build(), waiters, parts };
}

/** A word of its own cache line, or several of them in a row. */
export function sharedWord(layout: LayoutBuilder, name: string, count = 1): Word {
  return layout.region({ name, count, wordClass: 'shared', padded: true, meaning: name });
}

export function allocateWords(layout: Layout): Int32Array {
  return new Int32Array(new SharedArrayBuffer(layout.wordCount * Int32Array.BYTES_PER_ELEMENT));
}

/** The port over a new arena, for tests of one thread. */
export function singleThreadMemory<T>(
  arena: Arena<T>,
  options: Omit<ThreadMemoryOptions, 'waiters' | 'layout'> = {},
): ThreadMemory {
  return new ThreadMemory(allocateWords(arena.layout), { ...options, waiters: arena.waiters, layout: arena.layout });
}
