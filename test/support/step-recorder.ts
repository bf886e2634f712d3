import type { Memory, Word } from '../../src/shared/memory.ts';

/** One operation of the port on a word. */
export interface RecordedStep {
  readonly operation: keyof Memory;
  readonly word: Word;
}

const READS: ReadonlySet<string> = new Set(['load', 'testBits', 'peek', 'loadOwn', 'awaitBits']);
/** What is done to no word, or changes nothing. */
const NO_STEPS: ReadonlySet<PropertyKey> = new Set(['choose', 'loopHead', 'note', 'wake']);

/** The port, and what was done through it, step by step. */
export class StepRecorder {
  readonly m: Memory;
  readonly steps: RecordedStep[] = [];

  constructor(m: Memory) {
    this.m = new Proxy(m, {
      get: (target, key: keyof Memory) => {
        const operation = target[key] as (word: Word, ...operands: unknown[]) => unknown;
        if (NO_STEPS.has(key)) return operation.bind(target);
        return (word: Word, ...operands: unknown[]) => {
          this.steps.push({ operation: key, word });
          return operation.call(target, word, ...operands);
        };
      },
    });
  }

  /** Whether anything was done to the word, be it only read. */
  touched(word: Word): boolean {
    return this.steps.some((step) => step.word === word);
  }

  /** Those of the words that something may have changed, in the order in which that was done first. */
  changedInOrder(words: readonly Word[]): Word[] {
    const changed = this.steps.filter(({ word, operation }) => words.includes(word) && !READS.has(operation));
    return [...new Set(changed.map(({ word }) => word))];
  }

  /** The operations that may have changed the word. */
  changesOf(word: Word): (keyof Memory)[] {
    return this.steps
      .filter((step) => step.word === word && !READS.has(step.operation))
      .map(({ operation }) => operation);
  }
}
