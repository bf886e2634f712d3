import { parseSeed } from '../../src/shared/seed.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Well below the timeout of a test, so that a slow property fails with its seed and not by a bare timeout. */
export const PROPERTY_TIME_LIMIT_MS = 15_000;
export const TEST_TIMEOUT_MS = 20_000;

const RUNS = 100;
const RUNS_IN_CI = 200;

/**
 * The 32-bit seed of every property, from `PROPERTY_SEED`: decimal (fast-check prints them signed), hex or a commit
 * id. Continuous integration must say one, or its failures could not be repeated.
 */
export function propertySeed(environment: Environment): number {
  const text = environment.PROPERTY_SEED;
  if (text === undefined || text === '') {
    if (environment.CI) throw new Error('CI needs PROPERTY_SEED: a decimal or hex number, or a commit id');
    return Math.floor(Math.random() * 2 ** 32) | 0;
  }
  const negative = text.startsWith('-');
  const seed = parseSeed(negative ? text.slice(1) : text);
  if (seed === undefined)
    throw new Error(`PROPERTY_SEED=${text} is neither decimal, nor 0x…, nor a 40-digit commit id`);
  const folded = foldTo32Bits(BigInt(/^[0-9a-f]{40}$/.test(seed) ? `0x${seed}` : seed));
  return negative ? -folded | 0 : folded;
}

/** How often each property runs, from `PROPERTY_RUNS`. */
export function propertyRuns(environment: Environment): number {
  const text = environment.PROPERTY_RUNS;
  if (text === undefined || text === '') return environment.CI ? RUNS_IN_CI : RUNS;
  const runs = Number(text);
  if (!Number.isSafeInteger(runs) || runs < 1) throw new Error(`PROPERTY_RUNS=${text} is not a number of runs`);
  return runs;
}

function foldTo32Bits(value: bigint): number {
  let folded = 0;
  for (let rest = value; rest > 0n; rest >>= 32n) folded ^= Number(rest & 0xffffffffn);
  return folded | 0;
}
