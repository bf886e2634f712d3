import { runVcpu, type VcpuResult, type VcpuTask } from '../stress/vcpu-run.ts';

export default function vcpu(task: VcpuTask): VcpuResult {
  return runVcpu(task);
}
