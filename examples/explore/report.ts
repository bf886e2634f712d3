import type { ExplorationResult } from '../../src/explore/explore.ts';

/** Prints what an exploration has found out. */
export function report(title: string, result: ExplorationResult<string>): void {
  const { verdict, states, transitions, interleavings, outcomes, violations } = result;
  const count = interleavings === null ? 'infinitely many' : interleavings.toLocaleString('en');
  console.log(`${title}: ${verdict} (${states} states, ${transitions} steps, ${count} interleavings)`);
  for (const { values, memory, minPreemptions } of outcomes.slice(0, 8)) {
    console.log(`  ${JSON.stringify(values)} ${JSON.stringify(memory)}, ${minPreemptions} preemptions`);
  }
  for (const { text } of violations) console.log(text.replace(/^/gm, '  '));
  console.log();
}
