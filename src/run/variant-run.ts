import { initMemslot, initVm } from '../mmu/create-vm.ts';
import { ThreadMemory } from '../shared/thread-memory.ts';
import { createStressArena } from '../stress/stress-arena.ts';
import { startCrew } from './crew.ts';
import { Gang } from './gang.ts';
import { createStressHistograms } from './stress-histograms.ts';
import { summarizeRun, type VariantRun } from './summarize-run.ts';
import { supervise } from './supervise.ts';
import type { VariantRunOptions } from './variant-run-options.ts';

/** Runs one variant: a gang of vCPUs, the aging thread and the host over a fresh arena. */
export async function runVariant(options: VariantRunOptions): Promise<VariantRun> {
  const { config } = options;
  const startedMs = performance.now();
  const arena = createStressArena(config);
  const words = new Int32Array(new SharedArrayBuffer(arena.layout.wordCount * Int32Array.BYTES_PER_ELEMENT));
  const m = new ThreadMemory(words, { waiters: arena.waiters, layout: arena.layout });
  initVm(m, arena.vm);
  arena.slots.forEach((slot, index) => {
    initMemslot(m, arena.vm, index, slot);
  });

  const histograms = createStressHistograms(config.vcpus, arena.threads);
  const gang = new Gang(arena.threads);
  try {
    const crew = startCrew(gang, options, arena, words, histograms);
    const supervision = await supervise(crew, m, arena, options, startedMs);
    return summarizeRun(options, histograms, supervision);
  } finally {
    await gang.end();
  }
}
