import { expect } from 'vitest';
import { type ExploreOptions, exploreProgram } from '../../src/explore/explore-program.ts';
import type { Program } from '../../src/explore/program.ts';
import type { ProgramResult } from '../../src/explore/program-result.ts';
import { replayToken } from '../../src/explore/replay.ts';

/** Explores, and replays each counterexample through the plain source: every step must leave identical memory. */
export function exploreReplayed(program: Program, options: ExploreOptions = {}): ProgramResult {
  const result = exploreProgram(program, options);
  for (const { property, token, trace } of result.violations) {
    expect(token, property).not.toBeNull();
    const { steps } = replayToken(program, token as string);
    expect(
      steps.map(({ thread, words }) => [thread, ...words]),
      property,
    ).toEqual(trace.map(({ thread, words }) => [thread, ...words]));
  }
  return result;
}
