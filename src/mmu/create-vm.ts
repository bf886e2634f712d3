import { createMmuLock } from '../locks/mmu-lock.ts';
import { createQueuedSpinlock } from '../locks/queued-spinlock.ts';
import { createRcu, initRcu } from '../locks/rcu.ts';
import { createSrcu } from '../locks/srcu.ts';
import type { LayoutBuilder, ReadWord } from '../shared/layout.ts';
import type { Memory, Word } from '../shared/memory.ts';
import type { SpteLayout } from '../shared/spte.ts';
import { defaultTableCount, type Geometry, tablesToMap } from './geometry.ts';
import type { Rules } from './rules.ts';
import {
  INFO_GFN,
  INFO_LEVEL,
  SLOT_GFN,
  SLOT_PAGE,
  SLOT_PAGES,
  SLOT_WORDS,
  TABLE_INFO_WORDS,
  VCPU_STATE_STRIDE,
  type Vm,
} from './vm.ts';

/** A memslot, in pages: guest frames [gfn, gfn + pages) are backed by host virtual pages [page, page + pages). */
export interface MemslotSpec {
  readonly gfn: number;
  readonly page: number;
  readonly pages: number;
}

export interface VmConfig {
  readonly geometry: Geometry;
  readonly rules: Rules;
  readonly spte: SpteLayout;
  readonly slots: readonly MemslotSpec[];
  /** vCPUs are threads 0 … vcpus-1. */
  readonly vcpus: number;
  /** All threads that may take a lock or open a section, vCPUs included. */
  readonly threads: number;
  /** Host virtual pages 0 … pages-1. */
  readonly pages: number;
  /** Entries of each vCPU's TLB, a power of two; 0 = none. */
  readonly tlbEntries: number;
  /** Tables in the pool; by default enough for three generations of roots. */
  readonly tables?: number;
}

/** Lays the words of a VM out. Word names for SPTEs tell the gfn that the entry translates. */
export function createVm(layout: LayoutBuilder, config: VmConfig): Vm {
  const { geometry, vcpus, threads, pages } = config;
  const entries = 2 ** geometry.entryBits;
  const mapped = config.slots.reduce((tables, slot) => tables + tablesToMap(geometry, slot.gfn, slot.pages), 0);
  const tableCount = config.tables ?? defaultTableCount(geometry, mapped, vcpus);
  const tableBitmapWords = Math.ceil((tableCount + 1) / 32);
  const shared = (name: string, count: number, meaning: string, padded = false): Word =>
    layout.region({ name, count, wordClass: 'shared', meaning, padded });
  const ownedByVcpu = (name: string, perVcpu: number, meaning: string): Word =>
    layout.region({
      name,
      count: vcpus * perVcpu,
      wordClass: 'private',
      owner: 'each vCPU',
      meaning,
      padded: true,
      wordName: (index) => `${name}[vcpu${Math.floor(index / perVcpu)}]${perVcpu > 1 ? `[${index % perVcpu}]` : ''}`,
    });

  const infoNames = ['gfn', 'level', 'stamp', 'nextRoot', 'refcount', 'invalid', 'zapPending', 'unused'];
  const tableInfo = layout.region({
    name: 'tableInfo',
    count: (tableCount + 1) * TABLE_INFO_WORDS,
    wordClass: 'shared',
    padded: true,
    meaning: 'struct kvm_mmu_page of each table',
    wordName: (index) => `table ${Math.floor(index / TABLE_INFO_WORDS)}.${infoNames[index % TABLE_INFO_WORDS]}`,
  });
  const nameSpte = (index: number, read: ReadWord): string => {
    const id = Math.floor(index / entries);
    const info = tableInfo + id * TABLE_INFO_WORDS;
    const level = read(info + INFO_LEVEL);
    if (level === 0) return `table ${id}[${index % entries}]`;
    const gfn = read(info + INFO_GFN) + (index % entries) * 2 ** (geometry.entryBits * (level - 1));
    return level === 1 ? `spte[gfn ${gfn}]` : `spte[level ${level}, gfn ${gfn}]`;
  };

  return Object.freeze({
    rules: config.rules,
    spte: config.spte,
    levels: geometry.levels,
    entryBits: geometry.entryBits,
    entries,
    vcpus,
    threads,
    mmuLock: createMmuLock(layout, 'mmuLock', threads),
    pagesLock: createQueuedSpinlock(layout, 'tdpMmuPagesLock', threads),
    rcu: createRcu(layout, 'rcu', threads),
    srcu: createSrcu(layout, 'srcu', threads),
    memslots: layout.region({
      name: 'memslot',
      count: config.slots.length * SLOT_WORDS,
      wordClass: 'constant',
      meaning: 'gfn, host page and number of pages of each slot',
      wordName: (index) => `memslot ${Math.floor(index / SLOT_WORDS)}.${['gfn', 'page', 'pages'][index % SLOT_WORDS]}`,
    }),
    slotCount: config.slots.length,
    invalidateSeq: shared('mmuInvalidateSeq', 1, 'invalidations that ended', true),
    invalidateInProgress: shared('mmuInvalidateInProgress', 1, 'invalidations between start and end'),
    invalidateStart: shared('mmuInvalidateRangeStart', 1, 'first gfn of the union of ranges in progress'),
    invalidateEnd: shared('mmuInvalidateRangeEnd', 1, 'gfn behind that union'),
    activeInvalidations: shared('mnActiveInvalidateCount', 1, 'notifier invalidations that a memslot update waits for'),
    firstRoot: shared('tdpMmuRoots', 1, 'first of the list of roots, 0 = none', true),
    tableInfo,
    tables: layout.region({
      name: 'spte',
      count: (tableCount + 1) * entries,
      wordClass: 'shared',
      padded: true,
      meaning: 'page-table entries, by table id',
      wordName: nameSpte,
    }),
    tableCount,
    freeTables: shared('freeTables', tableBitmapWords, 'a bit for each table that may be handed out', true),
    retiredTables: shared('retiredTables', tableBitmapWords, 'a bit for each table that awaits its grace period', true),
    retiredCount: shared('retiredCount', 1, 'bits set in retiredTables', true),
    tableBitmapWords,
    allocationHint: layout.region({
      name: 'allocationHint',
      count: threads,
      wordClass: 'private',
      owner: 'each thread',
      meaning: 'word of freeTables in which the thread last found one',
      padded: true,
    }),
    tableCache: ownedByVcpu('tableCache', geometry.levels, 'mmu_shadow_page_cache: ids of empty tables at hand'),
    vcpuStates: layout.region({
      name: 'vcpuState',
      count: vcpus * VCPU_STATE_STRIDE,
      wordClass: 'shared',
      padded: true,
      meaning: 'in guest | requests | kick of each vCPU',
      wordName: (index) => `vcpuState[vcpu${Math.floor(index / VCPU_STATE_STRIDE)}]`,
    }),
    vcpuRoots: ownedByVcpu('vcpuRoot', 1, 'root.hpa as a table id, 0 = none'),
    tlbEntries: config.tlbEntries,
    tlbTags: ownedByVcpu('tlbTag', config.tlbEntries, '1 + gfn that the entry translates, 0 = none'),
    tlbSptes: ownedByVcpu('tlbSpte', config.tlbEntries, 'the leaf SPTE as it was walked'),
    hostVersions: shared('hostVersion', pages, 'version of what the host has behind each page', true),
    pages,
  });
}

/** Fills in what is not 0 at the beginning. Call once, before any thread starts, and `initMemslot` for each slot. */
export function initVm(m: Memory, vm: Vm): void {
  initRcu(m, vm.rcu);
  for (let id = 1; id <= vm.tableCount; id++) m.setBits(vm.freeTables + (id >>> 5), 1 << (id & 31));
}

export function initMemslot(m: Memory, vm: Vm, slot: number, spec: MemslotSpec): void {
  const word = vm.memslots + slot * SLOT_WORDS;
  m.store(word + SLOT_GFN, spec.gfn);
  m.store(word + SLOT_PAGE, spec.page);
  m.store(word + SLOT_PAGES, spec.pages);
}
