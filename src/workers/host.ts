import { type HostResult, runHost } from '../stress/host-run.ts';
import type { WorkerTask } from '../stress/worker-thread.ts';

export default function host(task: WorkerTask): HostResult {
  return runHost(task);
}
