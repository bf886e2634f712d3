import { describe, expect, it } from 'vitest';
import { BudgetWatch } from '../../src/explore/budget.ts';
import { exploreProgram } from '../../src/explore/explore-program.ts';
import { searchFully } from '../../src/explore/full-search.ts';
import { Machine } from '../../src/explore/machine.ts';
import { sequentialConsistency } from '../../src/explore/memory-model.ts';
import type { Cost } from '../../src/explore/minimal-search.ts';
import type { Program } from '../../src/explore/program.ts';
import type { ProgramResult } from '../../src/explore/program-result.ts';
import { searchWithSleepSets } from '../../src/explore/sleep-search.ts';
import { Symmetry } from '../../src/explore/symmetry.ts';
import { derivePrng } from '../../src/shared/seed.ts';
import { bruteForce } from '../support/brute-force.ts';
import { bruteProgramOf, bruteSummary, programOf, summary } from '../support/compare.ts';
import { exploreReplayed } from '../support/explore-replayed.ts';
import { randomProgram, type Shape } from '../support/random-program.ts';
import { statesFoundBy } from '../support/wrong-reductions.ts';

const seed = process.env.PROPERTY_SEED ?? '1';
const PROGRAMS_PER_SHAPE = 150;
const MUTANT_PROGRAMS = 1000;

const shapes: Readonly<Record<string, Shape>> = {
  'acyclic programs': { cyclic: false, blocking: false, notes: false, identical: false },
  'acyclic programs that block': { cyclic: false, blocking: true, notes: false, identical: false },
  'cyclic programs': { cyclic: true, blocking: false, notes: false, identical: false },
  'cyclic programs that block': { cyclic: true, blocking: true, notes: false, identical: false },
  'acyclic programs with ghosts': { cyclic: false, blocking: true, notes: true, identical: false },
  'cyclic programs with ghosts': { cyclic: true, blocking: true, notes: true, identical: false },
  'programs with identical threads': { cyclic: true, blocking: true, notes: false, identical: true },
};

/** Some random programs are too large for brute force; others are drawn in their place, up to this many in all. */
const MOST_DRAWN = 2 * PROGRAMS_PER_SHAPE;

function machineOf(program: Program, sameAs: readonly number[] = program.threads.map((_, thread) => thread)): Machine {
  return new Machine({
    threads: program.threads,
    initial: program.initial,
    wordName: (word) => `w${word}`,
    model: sequentialConsistency,
    monitors: program.monitors ?? [],
    invariants: [],
    sameAs,
    checked: true,
    mergeFinished: false,
    maxOperations: 1000,
  });
}

const unlimited = (): BudgetWatch => new BudgetWatch({}, undefined);

describe(`the search against brute force (PROPERTY_SEED=${seed})`, () => {
  console.log(`differential test: seed ${seed}, ${Object.keys(shapes).length * PROGRAMS_PER_SHAPE} programs`);

  for (const [family, shape] of Object.entries(shapes)) {
    it(`agrees on ${PROGRAMS_PER_SHAPE} ${family}`, { timeout: 60_000 }, () => {
      let compared = 0;
      for (let i = 0; compared < PROGRAMS_PER_SHAPE && i < MOST_DRAWN; i++) {
        const random = randomProgram(derivePrng(seed, `${family} ${i}`), shape);
        let expected: ReturnType<typeof bruteForce>;
        try {
          expected = bruteForce(bruteProgramOf(random, shape.notes), 500);
        } catch (error) {
          expect((error as Error).message).toBe('too large for brute force');
          continue;
        }
        compared++;
        const program = programOf(random, shape.notes);
        const result = exploreReplayed(program);
        const context = `seed ${seed}, ${family}, program ${i}: ${JSON.stringify(random)}`;
        expect(summary(result), context).toEqual(bruteSummary(expected));

        const viaSleepSets = exploreReplayed(program, { reduced: true });
        expect(viaSleepSets.outcomes.map(outcomeKey).sort(), context).toEqual(result.outcomes.map(outcomeKey).sort());
        expect([viaSleepSets.deadlocks.length, viaSleepSets.canAlwaysFinish], context).toEqual([
          result.deadlocks.length,
          result.canAlwaysFinish,
        ]);
        const costs = ({ violations }: ProgramResult) => violations.map(({ property, cost }) => [property, cost]);
        expect(costs(viaSleepSets), context).toEqual(costs(result));
        const reduced = searchWithSleepSets(machineOf(program), undefined, unlimited());
        expect([reduced.states.count, reduced.ends.length], context).toEqual([result.states, endCount(program)]);
        expect(reduced.transitions, context).toBeLessThanOrEqual(result.transitions);

        const preemptions = i % 3;
        const bounded = exploreProgram(program, { preemptions, smoke: false });
        const within = result.outcomes.filter(({ minPreemptions }) => (minPreemptions ?? 0) <= preemptions);
        expect(bounded.outcomes.map(outcomeKey).sort(), context).toEqual(within.map(outcomeKey).sort());
        if (bounded.complete) expect(bounded.states, context).toBe(result.states);
        // That threads cannot finish is known only of a search that is complete.
        const cheap = costs(result).filter(
          ([property, cost]) => property !== 'cannot-finish' && (cost as Cost).preemptions <= preemptions,
        );
        expect(costs(bounded), context).toEqual(expect.arrayContaining(cheap));
        const unbounded = exploreProgram(program, { preemptions: 1000, smoke: false });
        expect([unbounded.complete, unbounded.states, unbounded.transitions > 0], context).toEqual([
          true,
          result.states,
          result.transitions > 0,
        ]);
      }
      expect(compared).toBe(PROGRAMS_PER_SHAPE);
    });
  }

  it('finds the same outcomes with identical threads folded and with finished histories merged', {
    timeout: 60_000,
  }, () => {
    const shape: Shape = { cyclic: true, blocking: true, notes: false, identical: true };
    let folded = 0;
    for (let i = 0; i < PROGRAMS_PER_SHAPE; i++) {
      const random = randomProgram(derivePrng(seed, `folded ${i}`), shape);
      // Own words differ between threads, so threads that use them are not identical.
      if (JSON.stringify(random).includes('"own"')) continue;
      const program = programOf(random, false);
      const groups = new Map<string, number[]>();
      random.threads.forEach((thread, index) => {
        const key = JSON.stringify(thread);
        groups.set(key, [...(groups.get(key) ?? []), index]);
      });
      const identical = [...groups.values()].filter((group) => group.length > 1);
      const context = `seed ${seed}, folded, program ${i}: ${JSON.stringify(random)}`;
      const plain = exploreProgram(program);
      const symmetric = exploreProgram({ ...program, identical });
      const merged = exploreProgram(program, { mergeFinished: true });
      const { states: _, transitions: __, ...expected } = summary(plain);
      const { states: fewerStates, transitions: ___, ...viaSymmetry } = summary(symmetric);
      expect(viaSymmetry, context).toEqual(expected);
      expect(fewerStates, context).toBeLessThanOrEqual(plain.states);
      if (fewerStates < plain.states) folded++;
      const { outcomes, interleavings } = summary(merged);
      expect({ outcomes, interleavings }, context).toEqual({
        outcomes: expected.outcomes,
        interleavings: expected.interleavings,
      });
      if (identical.length === 0) continue;
      const sameAs = program.threads.map((_, thread) => (groupOf(identical, thread)?.[0] as number) ?? thread);
      const reduced = searchWithSleepSets(machineOf(program, sameAs), Symmetry.of(sameAs), unlimited());
      expect(reduced.states.count, context).toBe(fewerStates);
    }
    expect(folded).toBeGreaterThan(PROGRAMS_PER_SHAPE / 10);
  });

  for (const mutant of ['prune-visited', 'sleep-explored-on-revisit'] as const) {
    it(`kills the wrong reduction ${mutant}`, { timeout: 60_000 }, () => {
      const shape: Shape = { cyclic: true, blocking: true, notes: false, identical: false };
      let killed = 0;
      for (let i = 0; i < MUTANT_PROGRAMS; i++) {
        const machine = machineOf(programOf(randomProgram(derivePrng(seed, `mutant ${i}`), shape), false));
        const { states } = searchFully(machine, undefined, unlimited());
        const found = statesFoundBy(machine, mutant);
        expect(found).toBeLessThanOrEqual(states.count);
        if (found < states.count) killed++;
      }
      console.log(`${mutant}: loses states in ${killed} of ${MUTANT_PROGRAMS} programs`);
      expect(killed).toBeGreaterThan(0);
    });
  }
});

function outcomeKey({ values, memory }: ProgramResult['outcomes'][number]): string {
  return JSON.stringify([values, [...memory]]);
}

function endCount(program: Program): number {
  return searchFully(machineOf(program), undefined, unlimited()).ends.length;
}

function groupOf(groups: readonly (readonly number[])[], thread: number): readonly number[] | undefined {
  return groups.find((group) => group.includes(thread));
}
