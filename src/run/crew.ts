import type { RecordableHistogram } from 'node:perf_hooks';
import type { AgingResult, AgingTask } from '../stress/aging-run.ts';
import type { HostResult } from '../stress/host-run.ts';
import type { StressArena } from '../stress/stress-arena.ts';
import type { VcpuResult, VcpuTask } from '../stress/vcpu-run.ts';
import type { WorkerTask } from '../stress/worker-thread.ts';
import type { Gang, GangMember } from './gang.ts';
import type { StressHistograms } from './stress-histograms.ts';
import type { VariantRunOptions } from './variant-run-options.ts';

export type CrewResult = VcpuResult | AgingResult | HostResult;

/** The workers of a stress run. */
export interface Crew {
  readonly vcpus: readonly GangMember<VcpuResult>[];
  readonly aging: GangMember<AgingResult>;
  readonly host: GangMember<HostResult> | undefined;
}

export function startCrew(
  gang: Gang,
  options: VariantRunOptions,
  arena: StressArena,
  words: Int32Array,
  histograms: StressHistograms,
): Crew {
  const { config, trace, sabotage } = options;
  const common = (name: string, thread: number): WorkerTask => ({
    config,
    words,
    mmuLockWait: histograms.mmuLockWait[thread] as RecordableHistogram,
    ...(sabotage?.worker === name ? { sabotage: sabotage.how } : {}),
  });
  const vcpus = Array.from({ length: config.vcpus }, (_, vcpu) => {
    const task: VcpuTask = {
      ...common(`vcpu${vcpu}`, vcpu),
      vcpu,
      trace,
      access: histograms.access[vcpu] as RecordableHistogram,
      fault: histograms.fault[vcpu] as RecordableHistogram,
    };
    return gang.start<VcpuTask, VcpuResult>(`vcpu${vcpu}`, 'vcpu', task);
  });
  const agingTask: AgingTask = { ...common('aging', arena.agingThread), agingPass: histograms.agingPass };
  const aging = gang.start<AgingTask, AgingResult>('aging', 'aging', agingTask);
  const host =
    arena.hostThread < 0
      ? undefined
      : gang.start<WorkerTask, HostResult>('host', 'host', common('host', arena.hostThread));
  return { vcpus, aging, host };
}

/** In the order of their thread numbers. */
export function crewMembers(crew: Crew): readonly GangMember<CrewResult>[] {
  return [...crew.vcpus, crew.aging, ...(crew.host === undefined ? [] : [crew.host])];
}
