import { exploreProgram } from '../explore/explore-program.ts';
import type { Program } from '../explore/program.ts';
import { WordIsShared } from '../explore/quiet-words.ts';
import type { ReplayStep } from '../explore/replay.ts';
import type { Memory, Word } from '../shared/memory.ts';

/** What a search for an end looks at; if that is not enough, nothing is said. */
const MAX_STATES = 50_000;

/** Whether no schedule that begins with these steps comes to an end, as far as a short search can tell. */
export function cannotFinishAfter(program: Program, shared: readonly Word[], steps: readonly ReplayStep[]): boolean {
  const options = { budget: { states: MAX_STATES }, mergeFinished: true, smoke: false } as const;
  try {
    const { violations } = exploreProgram(restOf(program, shared, steps), options);
    return violations.some(({ property, choices }) => property === 'cannot-finish' && choices.length === 0);
  } catch (error) {
    // The search that has made the schedule ended before it had come to this word.
    if (error instanceof WordIsShared) return false;
    throw error;
  }
}

/** What is left of a program when the steps are done, as a program of its own; without its properties. */
function restOf({ initial, threads }: Program, shared: readonly Word[], steps: readonly ReplayStep[]): Program {
  const words = initial.slice();
  for (const word of shared) words[word] = steps.at(-1)?.words[word] ?? (words[word] as number);
  return {
    initial: words,
    threads: threads.map(({ name, run }, index) => {
      const results = steps.filter(({ thread }) => thread === index).map(({ result }) => result);
      return { name, run: (m: Memory) => run(answering(m, results)) };
    }),
  };
}

/** The memory for a thread that has done its first operations already: they are answered as they were then. */
function answering(inner: Memory, results: readonly number[]): Memory {
  let done = 0;
  return new Proxy(inner, {
    get: (target, name: keyof Memory) => {
      const method = target[name] as (...args: number[]) => unknown;
      return (...args: number[]) => {
        const isDone = done < results.length;
        if (!isDone || OWN.has(name)) return method.apply(target, args);
        if (SILENT.has(name)) return undefined;
        const result = results[done++] as number;
        return BOOLEAN.has(name) ? result === 1 : result;
      };
    },
  });
}

type Names = ReadonlySet<keyof Memory>;
const OWN: Names = new Set(['loadOwn', 'storeOwn']);
const SILENT: Names = new Set(['wake', 'loopHead', 'note']);
const BOOLEAN: Names = new Set(['testBits', 'testAndClear', 'addAndTest', 'tryReplace']);
