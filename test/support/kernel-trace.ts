/** The configuration of a small trace: one slot of 16 pages at gfn 4096, one vCPU, everything as it is by default. */
export const smallConfig = {
  type: 'config',
  kernel: '7.3.4+deb13-amd64',
  scenario: 'basic',
  seed: 1,
  vcpus: 1,
  memslots: [{ slot: 1, gpaStart: 4096 * 4096, pages: 16, hvaPage: 0, log: false }],
  tdpMmu: true,
  npt: true,
  adBits: true,
  nested: false,
  pageSize: 4096,
  backing: '4k',
  vcpuMode: 'exit (every access ends with a VM exit)',
  manualDirtyProtect: 0,
} as const;

/** The text of a trace that has these lines behind its configuration. */
export function kernelTraceText(operations: readonly object[], config: object = {}): string {
  return [{ ...smallConfig, ...config }, ...operations].map((line) => `${JSON.stringify(line)}\n`).join('');
}
