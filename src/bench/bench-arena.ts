import { createVm, type MemslotSpec } from '../mmu/create-vm.ts';
import { X86_64 } from '../mmu/geometry.ts';
import type { Vm } from '../mmu/vm.ts';
import { createBatchBitmap } from '../shared/bitmap.ts';
import { type Layout, LayoutBuilder } from '../shared/layout.ts';
import type { Word } from '../shared/memory.ts';
import { EPT } from '../shared/spte.ts';
import { createWaiterWords } from '../shared/thread-memory.ts';
import { brokenRulesNamed, variantNamed } from '../variants/named-rules.ts';
import type { GangConfig } from './bench-config.ts';
import { type ControlWords, createControlWords } from './control-words.ts';

/** Where everything is in the arena of a gang. Every thread computes the same from the same configuration. */
export interface BenchArena {
  readonly layout: Layout;
  readonly vm: Vm;
  readonly control: ControlWords;
  readonly slot: MemslotSpec;
  readonly waiters: Word;
  /** The aging thread's bitmap. */
  readonly bitmap: Word;
  readonly pages: number;
  /** vCPUs are threads 0 … vcpus-1. */
  readonly agingThread: number;
  readonly hostThread: number;
  readonly threads: number;
}

export function createBenchArena(config: GangConfig): BenchArena {
  const { rules } = variantNamed(config.variant);
  const breaks = config.mutant === null ? undefined : brokenRulesNamed(config.mutant);
  const layout = new LayoutBuilder();
  const pages = config.vcpus * config.pagesPerVcpu;
  const slot = { gfn: 0, page: 0, pages };
  const threads = config.vcpus + 2;
  const control = createControlWords(layout, threads);
  const waiters = createWaiterWords(layout);
  const vm = createVm(layout, {
    geometry: X86_64,
    rules: { ...rules, ...breaks },
    spte: EPT,
    slots: [slot],
    vcpus: config.vcpus,
    threads,
    pages,
    tlbEntries: config.tlbEntries,
  });
  const bitmap = createBatchBitmap(layout, config.batch);
  return {
    layout: layout.build(),
    vm,
    control,
    slot,
    waiters,
    bitmap,
    pages,
    agingThread: config.vcpus,
    hostThread: config.vcpus + 1,
    threads,
  };
}
