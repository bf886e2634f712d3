import type { Workload } from './workload.ts';

/** Accesses of a program trace that one vCPU takes at a time. */
export const TRACE_CHUNK = 1024;

/**
 * One vCPU's part of a program trace: chunk number c of `TRACE_CHUNK` consecutive accesses belongs to vCPU c mod
 * vcpus. Every access is made exactly once.
 */
export function traceWorkload(accesses: Int32Array, vcpus: number, vcpu: number): Workload {
  let position = vcpu * TRACE_CHUNK;
  return {
    next(chunk) {
      const count = Math.max(0, Math.min(TRACE_CHUNK, accesses.length - position));
      for (let i = 0; i < count; i++) chunk[i] = accesses[position + i] as number;
      position += vcpus * TRACE_CHUNK;
      return count;
    },
  };
}
