import type { Prng } from '../../shared/prng.ts';
import { packAccess, type Workload } from './workload.ts';

/** Every page is as likely as any other. */
export function uniformWorkload(prng: Prng, pages: number, writes: number): Workload {
  return endless(prng, writes, () => prng.below(pages));
}

/** Exponent of the zipf workload: YCSB's. */
const ZIPF_EXPONENT = 0.99;

/**
 * A few pages get most accesses: the page of rank r with a weight of r^-0.99. Ranks are spread over the pages by a
 * permutation that all vCPUs share, so that hot pages are no neighbours.
 */
export function zipfWorkload(prng: Prng, permutation: Prng, pages: number, writes: number): Workload {
  const cumulative = new Float64Array(pages);
  let total = 0;
  for (let rank = 0; rank < pages; rank++) {
    total += (rank + 1) ** -ZIPF_EXPONENT;
    cumulative[rank] = total;
  }
  const pageOfRank = shuffledPages(permutation, pages);
  return endless(prng, writes, () => {
    const target = prng.fraction() * total;
    let low = 0;
    let high = pages - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((cumulative[middle] as number) > target) high = middle;
      else low = middle + 1;
    }
    return pageOfRank[low] as number;
  });
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

function shuffledPages(prng: Prng, pages: number): Int32Array {
  const order = Int32Array.from({ length: pages }, (_, page) => page);
  for (let i = pages - 1; i > 0; i--) {
    const other = prng.below(i + 1);
    const page = order[i] as number;
    order[i] = order[other] as number;
    order[other] = page;
  }
  return order;
}
