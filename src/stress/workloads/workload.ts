/** An access as workloads and traces hand it on: the page, and whether it writes. */
export function packAccess(page: number, write: boolean): number {
  return (page << 1) | (write ? 1 : 0);
}

export function pageOf(access: number): number {
  return access >>> 1;
}

export function isWrite(access: number): boolean {
  return (access & 1) !== 0;
}

/** One vCPU's sequence of accesses. The same seed yields the same sequence, whatever the other threads do. */
export interface Workload {
  /** Writes the next accesses to `chunk`; how many there are, 0 at the end. */
  next(chunk: Int32Array): number;
}
