import { Prng } from './prng.ts';

const DECIMAL = /^\d{1,39}$/;
const HEX = /^0x[0-9a-f]{1,40}$/i;
const COMMIT = /^[0-9a-f]{40}$/i;

/** A seed is a text that can be printed and given back: decimal, `0x…`, or a 40-digit commit id. */
export function parseSeed(text: string): string | undefined {
  return DECIMAL.test(text) || HEX.test(text) || COMMIT.test(text) ? text.toLowerCase() : undefined;
}

/** An independent generator for one named stream (`vcpu0`, `host0 ranges` …) of a seed. */
export function derivePrng(seed: string, stream: string): Prng {
  let hash = 0x811c9dc5;
  const text = `${canonical(seed)}/${stream}`;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  const state: number[] = [];
  for (let i = 0; i < 4; i++) {
    // One round of splitmix32 spreads the hash over each word of the state.
    hash = (hash + 0x9e3779b9) | 0;
    let mixed = Math.imul(hash ^ (hash >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    state.push(mixed ^ (mixed >>> 15));
  }
  return new Prng(...(state as [number, number, number, number]));
}

/** `7`, `0x7` and `007` are the same seed. */
function canonical(seed: string): string {
  return BigInt(COMMIT.test(seed) ? `0x${seed}` : seed).toString(16);
}
