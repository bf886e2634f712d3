import { type ExploreOptions, exploreProgram } from '../../src/explore/explore-program.ts';
import type { Program } from '../../src/explore/program.ts';
import type { ProgramResult } from '../../src/explore/program-result.ts';
import { QuietMemory, WordIsShared, WordRoles } from '../../src/explore/quiet-words.ts';
import type { Memory } from '../../src/shared/memory.ts';
import type { Prng } from '../../src/shared/prng.ts';

export interface QuietResult {
  readonly result: ProgramResult;
  readonly roles: WordRoles;
  /** How often the search had to begin again. */
  readonly restarts: number;
}

/** The program as its threads see it through `QuietMemory`. Word 0 must not be used. */
export function quietProgram(program: Program, roles: WordRoles, watched: ReadonlySet<number>): Program {
  return {
    ...program,
    threads: program.threads.map(({ name, run }, thread) => ({
      name,
      run: (inner: Memory) => {
        const m = new QuietMemory(inner, roles, thread, watched);
        const value = run(m);
        m.end();
        return value;
      },
    })),
  };
}

/** Explores a program with its quiet words left out, beginning again whenever one turns out to be shared. */
export function exploreQuietly(
  program: Program,
  watched: ReadonlySet<number> = new Set(),
  roles: WordRoles = new WordRoles(program.initial),
  options: ExploreOptions = {},
): QuietResult {
  const quiet = quietProgram(program, roles, watched);
  for (let restarts = 0; ; restarts++) {
    try {
      return { result: exploreProgram(quiet, options), roles, restarts };
    } catch (error) {
      if (!(error instanceof WordIsShared)) throw error;
    }
  }
}

/** What both searches must agree on. */
export function essence({ result }: Pick<QuietResult, 'result'>): unknown {
  const { verdict, complete, canAlwaysFinish, outcomes, deadlocks, violations } = result;
  return {
    verdict,
    complete,
    canAlwaysFinish,
    outcomes: outcomes
      .map(({ values, memory, minPreemptions }) => JSON.stringify([values, [...memory], minPreemptions]))
      .sort(),
    // States that differ only in which words of their own the threads have written are several there.
    deadlocks: [...new Set(deadlocks.map(({ memory }) => JSON.stringify([...memory])))].sort(),
    violations: violations.map(({ property, cost }) => `${property}, ${cost?.preemptions} preemptions`).sort(),
  };
}

const WINDOWS = 3;

/**
 * The same program with each thread's two shared words at a place of its own: windows of two words that overlap, so that
 * some words belong to one thread and others to several. Word 0 stays free.
 */
export function withWindows(program: Program, prng: Prng): Program {
  const SHARED = 2;
  const spread = WINDOWS + SHARED - 1;
  const initial = new Int32Array(1 + spread + program.initial.length - SHARED);
  for (let word = 1; word <= spread; word++) initial[word] = program.initial[word % SHARED] as number;
  initial.set(program.initial.subarray(SHARED), 1 + spread);
  const threads = program.threads.map(({ name, run }) => {
    const first = 1 + prng.below(WINDOWS);
    const place = (word: number): number => (word < SHARED ? first + word : word - SHARED + 1 + spread);
    return { name, run: (m: Memory) => run(moved(m, place)) };
  });
  return { ...program, initial, threads };
}

const WORDLESS: ReadonlySet<string> = new Set(['choose', 'loopHead', 'note', 'scope', 'end']);

function moved(m: Memory, place: (word: number) => number): Memory {
  return new Proxy(m, {
    get: (target, name: keyof Memory) => {
      const method = target[name] as (...args: unknown[]) => unknown;
      if (WORDLESS.has(name)) return method.bind(target);
      return (word: number, ...args: unknown[]) => method.call(target, place(word), ...args);
    },
  });
}
