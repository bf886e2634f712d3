import type { Prng } from '../../shared/prng.ts';
import { packAccess, type Workload } from './workload.ts';

/** The part of the pages that is one vCPU's own. */
export interface Share {
  readonly first: number;
  readonly end: number;
}

export function shareOf(pages: number, vcpus: number, vcpu: number): Share {
  return { first: Math.floor((pages * vcpu) / vcpus), end: Math.floor((pages * (vcpu + 1)) / vcpus) };
}

/** Each page of the share once, in order, beginning anywhere. */
export function touchOnce(prng: Prng, share: Share, writes: number): Workload {
  const size = share.end - share.first;
  const offset = size === 0 ? 0 : prng.below(size);
  let done = 0;
  return {
    next(chunk) {
      const count = Math.min(chunk.length, size - done);
      for (let i = 0; i < count; i++, done++) {
        chunk[i] = packAccess(share.first + ((offset + done) % size), prng.fraction() < writes);
      }
      return count;
    },
  };
}
