import type { Word } from '../shared/memory.ts';
import type { Monitor } from '../verify/monitor.ts';
import type { ThreadProgram } from './decision-trees.ts';
import type { Invariant } from './machine.ts';

/** A condition on a state in which every thread has ended; a text says why it does not hold. */
export interface FinalCondition {
  readonly name: string;
  holds(words: Int32Array, values: readonly unknown[]): boolean | string;
}

/** What is explored: threads over words, and what must hold. */
export interface Program {
  readonly threads: readonly ThreadProgram[];
  /** The words before the threads start. */
  readonly initial: Int32Array;
  /** Names of words for reports; `word[3]` if absent. */
  readonly wordName?: (word: Word) => string;
  /** Watch the ghost events of `note`. */
  readonly monitors?: readonly Monitor[];
  /** Must hold in every state. Words of a thread's own read as they were initially; final conditions see them as left. */
  readonly invariants?: readonly Invariant[];
  readonly final?: readonly FinalCondition[];
  /**
   * Groups of threads (by index) that run the same program and leave no trace of who they are: states that differ
   * only in which of them is where are explored once. Not together with monitors, which see thread numbers.
   */
  readonly identical?: readonly (readonly number[])[];
}

/** For each thread the first one that is declared identical to it. */
export function representatives(program: Program): number[] {
  const sameAs = program.threads.map((_, thread) => thread);
  for (const group of program.identical ?? []) {
    const [first, ...others] = [...group].sort((left, right) => left - right);
    for (const thread of others) {
      if (first === undefined || sameAs[thread] !== thread) {
        throw new RangeError(`identical threads: ${thread} is no thread, or in two groups`);
      }
      sameAs[thread] = first;
    }
  }
  if (sameAs.some((same, thread) => same !== thread) && (program.monitors?.length ?? 0) > 0) {
    throw new RangeError('identical threads cannot be declared together with monitors, which tell threads apart');
  }
  return sameAs;
}
