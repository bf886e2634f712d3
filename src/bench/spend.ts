/**
 * Work that takes a core's time and touches no memory: what a fault does outside `mmu_lock` (the exit, get_user_pages, a
 * cleared page). It is counted in rounds and not in time, since a thread that waits for a core gets nothing done meanwhile.
 */

let state = 1;

/** Some rounds of xorshift. */
export function spendRounds(rounds: number): void {
  let x = state;
  for (let round = 0; round < rounds; round++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
  }
  // Kept, so that the engine cannot leave the loop out.
  state = x | 1;
}

const SAMPLE_ROUNDS = 1 << 18;
const SAMPLES = 25;

/** Rounds that take a microsecond on this machine, once the engine has compiled them. The fastest of several samples. */
export function calibrateSpending(now: () => number): number {
  let fastestNs = Number.POSITIVE_INFINITY;
  for (let sample = 0; sample < SAMPLES; sample++) {
    const began = now();
    spendRounds(SAMPLE_ROUNDS);
    fastestNs = Math.min(fastestNs, now() - began);
  }
  return (SAMPLE_ROUNDS / fastestNs) * 1000;
}
