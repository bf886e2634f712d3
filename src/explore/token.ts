import type { Choice } from './minimal-search.ts';
import type { Operation } from './operation.ts';
import type { Program } from './program.ts';

/** One step as a fingerprint sees it. */
export interface FingerprintStep {
  readonly thread: number;
  readonly operation: Operation;
  readonly result: number;
}

/** A schedule, sparsely: the same thread goes on unless an entry says otherwise. */
export interface Token {
  readonly fingerprint: string;
  readonly choices: readonly Choice[];
}

/** At most as many steps as any search can come to: 31 threads of 10,000 each. */
const FORMAT = /^x1-([0-9a-z]+)-(\d{1,6})((?:\.\d+\.\d+|~\d+~\d+)*)$/;
const ENTRY = /([.~])(\d+)\1(\d+)/g;

/**
 * A hash of the program as this schedule meets it: the names of its threads, its words, and each operation with its
 * operands and result. Two programs that share it replay the schedule step by step alike.
 */
export function fingerprint(program: Program, steps: readonly FingerprintStep[]): string {
  let low = 0x811c9dc5;
  let high = 0x01000193;
  const add = (value: number): void => {
    low = Math.imul(low ^ value, 0x01000193);
    high = Math.imul(high ^ (value + (low >>> 13)), 0x5bd1e995);
  };
  for (const { name } of program.threads) for (let i = 0; i < name.length; i++) add(name.charCodeAt(i));
  add(program.initial.length);
  program.initial.forEach(add);
  for (const { thread, operation, result } of steps) {
    for (const value of [thread, operation.kind, operation.word, operation.a, operation.b, operation.c, result]) {
      add(value);
    }
  }
  return (low >>> 0).toString(36).padStart(7, '0') + (high >>> 0).toString(36).padStart(7, '0');
}

/**
 * Writes a schedule as `x1-FINGERPRINT-STEPS` and its exceptions: `.3.1` switches to thread 1 before step 3, `~5~2`
 * takes alternative 2 in step 5.
 */
export function encodeToken(choices: readonly Choice[], steps: readonly FingerprintStep[], hash: string): string {
  let text = `x1-${hash}-${steps.length}`;
  let running = 0;
  choices.forEach(({ thread, alternative }, step) => {
    if (thread !== running) text += `.${step}.${thread}`;
    if (alternative !== 0) text += `~${step}~${alternative}`;
    running = thread;
  });
  return text;
}

/** Reads a token back; undefined if it is none. */
export function decodeToken(text: string): Token | undefined {
  const match = FORMAT.exec(text);
  if (match === null) return undefined;
  const [, hash, steps, exceptions] = match as unknown as [string, string, string, string];
  const switches = new Map<number, number>();
  const alternatives = new Map<number, number>();
  for (const [, mark, step, to] of exceptions.matchAll(ENTRY)) {
    (mark === '.' ? switches : alternatives).set(Number(step), Number(to));
  }
  const choices: Choice[] = [];
  let thread = 0;
  for (let step = 0; step < Number(steps); step++) {
    thread = switches.get(step) ?? thread;
    choices.push({ thread, alternative: alternatives.get(step) ?? 0 });
  }
  return { fingerprint: hash, choices };
}
