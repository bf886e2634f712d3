import { createVm, type MemslotSpec } from '../mmu/create-vm.ts';
import { X86_64 } from '../mmu/geometry.ts';
import type { Vm } from '../mmu/vm.ts';
import { createBatchBitmap } from '../shared/bitmap.ts';
import { type Layout, LayoutBuilder } from '../shared/layout.ts';
import type { Word } from '../shared/memory.ts';
import { EPT } from '../shared/spte.ts';
import { createWaiterWords } from '../shared/thread-memory.ts';
import { brokenRulesNamed } from '../variants/named-rules.ts';
import { findVariant } from '../variants/variants.ts';
import { createOracleWords, type OracleWords } from '../verify/oracle-words.ts';
import { type ControlWords, createControlWords } from './control-words.ts';
import { layOutSlots } from './slots.ts';
import { needsHost, type StressConfig } from './stress-config.ts';

/** Where everything is in the arena of a stress run. Every thread computes the same from the same configuration. */
export interface StressArena {
  readonly layout: Layout;
  readonly vm: Vm;
  readonly oracle: OracleWords;
  readonly control: ControlWords;
  readonly slots: readonly MemslotSpec[];
  readonly waiters: Word;
  /** The aging thread's bitmap. */
  readonly bitmap: Word;
  /** vCPUs are threads 0 … vcpus-1. */
  readonly agingThread: number;
  /** -1 if the run has no host worker. */
  readonly hostThread: number;
  readonly threads: number;
}

export function createStressArena(config: StressConfig): StressArena {
  const variant = findVariant(config.variant);
  if (variant === undefined) throw new RangeError(`unknown variant ${config.variant}`);
  const breaks = config.mutant === null ? undefined : brokenRulesNamed(config.mutant);
  const layout = new LayoutBuilder();
  const slots = layOutSlots(config.pages, config.slots);
  const agingThread = config.vcpus;
  const hostThread = needsHost(config) ? config.vcpus + 1 : -1;
  const threads = config.vcpus + (hostThread < 0 ? 1 : 2);
  const control = createControlWords(layout, threads);
  const waiters = createWaiterWords(layout);
  const vm = createVm(layout, {
    geometry: X86_64,
    rules: { ...variant.rules, ...breaks },
    spte: EPT,
    slots,
    vcpus: config.vcpus,
    threads,
    pages: config.pages,
    tlbEntries: config.tlbEntries,
  });
  const oracle = createOracleWords(layout, {
    pages: config.pages,
    vcpus: config.vcpus,
    zappers: hostThread < 0 ? 0 : 1,
    tables: vm.tableCount,
    tlb: config.tlbEntries > 0,
  });
  const bitmap = createBatchBitmap(layout, config.batch);
  return { layout: layout.build(), vm, oracle, control, slots, waiters, bitmap, agingThread, hostThread, threads };
}
