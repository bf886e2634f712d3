import type { StateGraph } from './state-graph.ts';

/** 52 bits a limb: the sum of two stays exact in a double. */
const LIMB_BASE = 2 ** 52;
const LIMB_BITS = 52n;

/** How many ways lead from the first state to each other one. */
export class PathCounts {
  readonly #limbs: Float64Array;
  readonly #width: number;
  /** 1 where no cycle lies before the state. */
  readonly #finite: Uint8Array;

  constructor(limbs: Float64Array, width: number, finite: Uint8Array) {
    this.#limbs = limbs;
    this.#width = width;
    this.#finite = finite;
  }

  /** Whether no state lies on or behind a cycle. */
  get areFinite(): boolean {
    return !this.#finite.includes(0);
  }

  /** The exact number; null where a cycle makes it infinite. */
  of(state: number): bigint | null {
    if (this.#finite[state] === 0) return null;
    let count = 0n;
    for (let i = this.#width - 1; i >= 0; i--) {
      count = (count << LIMB_BITS) + BigInt(this.#limbs[state * this.#width + i] as number);
    }
    return count;
  }
}

/** Counts paths in topological order; numbers as long as needed. */
export function countPaths(graph: StateGraph): PathCounts {
  for (let width = 2; ; width *= 2) {
    const counts = countWithLimbs(graph, width);
    if (counts !== undefined) return counts;
  }
}

function countWithLimbs(graph: StateGraph, width: number): PathCounts | undefined {
  const { first, target, stateCount } = graph;
  const waitingFor = new Int32Array(stateCount);
  for (let edge = 0; edge < target.length; edge++) {
    const to = target[edge] as number;
    waitingFor[to] = (waitingFor[to] as number) + 1;
  }
  const limbs = new Float64Array(stateCount * width);
  const finite = new Uint8Array(stateCount);
  const queue = new Int32Array(stateCount);
  let head = 0;
  let tail = 0;
  limbs[0] = 1;
  if (waitingFor[0] === 0) queue[tail++] = 0;
  while (head < tail) {
    const state = queue[head++] as number;
    finite[state] = 1;
    const end = first[state + 1] as number;
    for (let edge = first[state] as number; edge < end; edge++) {
      const to = target[edge] as number;
      let carry = 0;
      for (let i = 0; i < width; i++) {
        const sum = (limbs[to * width + i] as number) + (limbs[state * width + i] as number) + carry;
        carry = sum >= LIMB_BASE ? 1 : 0;
        limbs[to * width + i] = sum - carry * LIMB_BASE;
      }
      if (carry === 1) return undefined;
      waitingFor[to] = (waitingFor[to] as number) - 1;
      if (waitingFor[to] === 0) queue[tail++] = to;
    }
  }
  return new PathCounts(limbs, width, finite);
}
