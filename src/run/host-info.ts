import { availableParallelism, cpus, loadavg, totalmem, type } from 'node:os';

/** The machine a result was measured on. */
export interface HostInfo {
  readonly cpu: string;
  /** That this process may use. */
  readonly cores: number;
  readonly memoryBytes: number;
  readonly loadAverage: number;
  readonly node: string;
  readonly v8: string;
  readonly os: string;
}

export function describeHost(): HostInfo {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    loadAverage: loadavg()[0] ?? 0,
    node: process.version,
    v8: process.versions.v8,
    os: type(),
  };
}
