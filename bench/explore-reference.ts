/** One search of the reference program in a process of its own, for `explore-vs-spin.ts`: prints JSON. */
import { BudgetWatch } from '../src/explore/budget.ts';
import { exploreProgram } from '../src/explore/explore-program.ts';
import { searchFully } from '../src/explore/full-search.ts';
import { Machine } from '../src/explore/machine.ts';
import { sequentialConsistency } from '../src/explore/memory-model.ts';
import { searchWithSleepSets } from '../src/explore/sleep-search.ts';
import { narrowThreads, referenceWords, wideThreads } from './reference-program.ts';

const [model, mode] = process.argv.slice(2);
const threads = model === 'wide' ? wideThreads : narrowThreads;
const started = performance.now();
const { states, transitions } = search();
console.log(JSON.stringify({ states, transitions, searchSeconds: (performance.now() - started) / 1000 }));

function search(): { states: number; transitions: number } {
  if (mode === 'verdict') return exploreProgram({ threads, initial: referenceWords });
  const machine = new Machine({
    threads,
    initial: referenceWords,
    wordName: (word) => `page[${word}]`,
    model: sequentialConsistency,
    monitors: [],
    invariants: [],
    sameAs: threads.map((_, thread) => thread),
    checked: true,
    mergeFinished: mode === 'merged',
    maxOperations: 1000,
  });
  const watch = new BudgetWatch({}, undefined);
  const found =
    mode === 'sleep' ? searchWithSleepSets(machine, undefined, watch) : searchFully(machine, undefined, watch);
  return { states: found.states.count, transitions: found.transitions };
}
