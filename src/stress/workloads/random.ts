import type { Prng } from '../../shared/prng.ts';
import { packAccess, type Workload } from './workload.ts';
import { zipfRanks } from './zipf-ranks.ts';

/** Every page is as likely as any other. */
export function uniformWorkload(prng: Prng, pages: number, writes: number): Workload {
  return endless(prng, writes, () => prng.below(pages));
}

/**
 * A few pages get most accesses: the page of rank r with a weight of r^-0.99. Hot pages are no neighbours, and the same
 * for all vCPUs.
 */
export function zipfWorkload(prng: Prng, pages: number, writes: number): Workload {
  const nextRank = zipfRanks(prng, pages);
  const stride = strideOver(pages);
  return endless(prng, writes, () => ((nextRank() - 1) * stride) % pages);
}

/** Page after page, each vCPU from a place of its own, round and round. */
export function sequentialWorkload(prng: Prng, first: number, pages: number, writes: number): Workload {
  let page = first;
  return endless(prng, writes, () => {
    const current = page;
    page = page + 1 === pages ? 0 : page + 1;
    return current;
  });
}

function endless(prng: Prng, writes: number, nextPage: () => number): Workload {
  return {
    next(chunk) {
      for (let i = 0; i < chunk.length; i++) chunk[i] = packAccess(nextPage(), prng.fraction() < writes);
      return chunk.length;
    },
  };
}

/** A stride by which ranks reach every page, each far from the one before: about the golden section of the pages. */
function strideOver(pages: number): number {
  let stride = Math.max(1, Math.round(pages * 0.618));
  while (greatestCommonDivisor(stride, pages) !== 1) stride++;
  return stride;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
