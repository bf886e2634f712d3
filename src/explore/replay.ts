import type { Choice } from './minimal-search.ts';
import { OpKind } from './operation.ts';
import type { Program } from './program.ts';
import { type DoneStep, ScriptedThread } from './scripted-memory.ts';
import { decodeToken, fingerprint } from './token.ts';

/** One replayed step. */
export interface ReplayStep extends DoneStep {
  readonly thread: number;
  /** All words after the step. */
  readonly words: Int32Array;
}

export interface Replay {
  readonly steps: readonly ReplayStep[];
  /** What each thread has returned, thrown or waits for. */
  readonly standings: readonly ScriptedThread['standing'][];
}

/** Runs the plain functions along a schedule, step by step, without anything of the search. */
export function replaySchedule(program: Program, choices: readonly Choice[]): Replay {
  const words = program.initial.slice();
  const threads = program.threads.map(({ run }) => new ScriptedThread(words, run));
  const steps = choices.map(({ thread, alternative }, index): ReplayStep => {
    const actor = threads[thread];
    if (actor === undefined || !actor.isEnabled) {
      throw new RangeError(`step ${index + 1}: thread ${thread} cannot take a step`);
    }
    const { standing } = actor;
    if (
      standing.state === 'pending' &&
      standing.operation.kind === OpKind.choose &&
      alternative >= standing.operation.a
    ) {
      throw new RangeError(`step ${index + 1}: there is no alternative ${alternative}`);
    }
    const done = actor.step(alternative);
    const seen = words.slice();
    for (const one of threads) for (const [word, value] of one.ownWords) seen[word] = value;
    return { ...done, thread, words: seen };
  });
  return { steps, standings: threads.map((thread) => thread.standing) };
}

/** Replays a token; a program that has changed since the token was written is an error, not another story. */
export function replayToken(program: Program, text: string): Replay {
  const token = decodeToken(text);
  if (token === undefined) throw new RangeError(`"${text}" is no schedule token`);
  let replay: Replay;
  try {
    replay = replaySchedule(program, token.choices);
  } catch (error) {
    throw new Error(`the program has changed since the token was written: ${(error as Error).message}`);
  }
  if (fingerprint(program, replay.steps) !== token.fingerprint) {
    throw new Error('the program has changed since the token was written: its steps differ');
  }
  return replay;
}
