import { createMmuLock } from '../locks/mmu-lock.ts';
import { createQueuedSpinlock } from '../locks/queued-spinlock.ts';
import { createRcu, initRcu } from '../locks/rcu.ts';
import { createSrcu } from '../locks/srcu.ts';
import { srcuKind } from '../shared/ghost-event.ts';
import type { LayoutBuilder, ReadWord } from '../shared/layout.ts';
import type { Memory, Word } from '../shared/memory.ts';
import { type SpteLayout, tableName } from '../shared/spte.ts';
import { initDirtyBitmap } from './dirty-bitmap.ts';
import { defaultTableCount, type Geometry, tablesToMap } from './geometry.ts';
import { HOST_PRESENT, HOST_WRITABLE } from './host-page-table.ts';
import type { Rules } from './rules.ts';
import {
  DESC_WORDS,
  GUEST_MODES,
  INFO_GFN,
  INFO_LEVEL,
  INFO_ROLE,
  type MachineSpec,
  type Mm,
  PML_ENTRIES,
  ROLE_GUEST_MODE,
  ROLE_SMM,
  SLOT_FLAGS,
  SLOT_GFN,
  SLOT_LOGS_DIRTY,
  SLOT_PAGE,
  SLOT_PAGES,
  SLOT_SMM,
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
  /** 1: a slot of system management mode. */
  readonly addressSpace?: 0 | 1;
  /** Its dirt is logged from the beginning. */
  readonly logsDirty?: boolean;
}

export interface VmConfig {
  readonly geometry: Geometry;
  readonly rules: Rules;
  readonly spte: SpteLayout;
  /** All slots that there may ever be. */
  readonly slots: readonly MemslotSpec[];
  /** vCPUs are threads 0 … vcpus-1, or the next ones behind those of the machines that the process has already. */
  readonly vcpus: number;
  /** All threads that may take a lock or open a section, vCPUs included. */
  readonly threads: number;
  /** Host virtual pages 0 … pages-1. */
  readonly pages: number;
  /** Entries of each vCPU's TLB, a power of two; 0 = none. */
  readonly tlbEntries: number;
  /** Tables in the pool; by default enough for three generations of roots. */
  readonly tables?: number;
  readonly machine?: MachineSpec;
}

const DEFAULT_MACHINE: Required<MachineSpec> = Object.freeze({
  adBits: true,
  tdpMmu: true,
  npt: true,
  nested: false,
  hugePages: false,
  memslotsChange: false,
  addressSpaces: 1,
  manualDirtyProtect: false,
  dirtyLogInitiallySet: false,
  pml: false,
  entryFlushesTlb: false,
});

/**
 * Lays the words of a VM out. Word names for SPTEs tell the gfn that the entry translates.
 *
 * @param mm the process that it belongs to, if that has virtual machines already: they share the host's words
 */
export function createVm(layout: LayoutBuilder, config: VmConfig, mm: Mm = { subscribers: null }): Vm {
  const before = mm.subscribers;
  const index = before === null ? 0 : before.index + 1;
  const firstVcpu = before === null ? 0 : before.firstVcpu + before.vcpus;
  const { geometry, vcpus, threads, pages, slots } = config;
  const machine = Object.freeze({ ...DEFAULT_MACHINE, ...config.machine });
  if (machine.hugePages && geometry.levels < 2) throw new RangeError('2M pages take at least two levels of tables');
  if (config.spte.adTypeShift === 0 && (!machine.adBits || (machine.pml && machine.nested))) {
    throw new RangeError(`${config.spte.name} SPTEs cannot say that their A/D bits are not in use, or not logged`);
  }
  if (before !== null && !isSameHost(before, config, machine)) {
    throw new RangeError('virtual machines of one process have one host: its pages, their size, and its threads');
  }
  const hasShadowMmu = machine.nested || !machine.tdpMmu || !machine.npt;
  // A shift yields a small integer, where `**` yields a double, and with it every offset behind the tables: walks would
  // compute their words in floating point.
  const entries = 1 << geometry.entryBits;
  const roots = 1 + (machine.nested ? 1 : 0) + (machine.addressSpaces - 1);
  const mapped = slots.reduce((tables, slot) => tables + tablesToMap(geometry, slot.gfn, slot.pages), 0);
  const tableCount = config.tables ?? defaultTableCount(geometry, mapped * roots, vcpus * roots);
  const tableBitmapWords = Math.ceil((tableCount + 1) / 32);
  const slotPages = Math.max(1, ...slots.map((slot) => slot.pages));
  const dirtyBitmapWords = Math.ceil(slotPages / 32);
  // A slot that is not aligned touches one 2M page more than it is long.
  const rmapsPerSlot = slotPages + Math.ceil(slotPages / entries) + 1;
  // Each list has at most one entry a guest mode, hence at most one descriptor.
  const lists = slots.length * rmapsPerSlot + tableCount;
  const hugePageCount = Math.ceil(pages / entries);
  const none = 0;

  const shared = (name: string, count: number, meaning: string, padded = false): Word =>
    layout.region({ name, count, wordClass: 'shared', meaning, padded });
  const ownedByVcpu = (name: string, perVcpu: number, meaning: string): Word =>
    layout.region({
      name,
      count: (firstVcpu + vcpus) * perVcpu,
      wordClass: 'private',
      owner: 'each vCPU',
      meaning,
      padded: true,
      wordName: (word) =>
        `${name}[vcpu${Math.floor(word / perVcpu) - firstVcpu}]${perVcpu > 1 ? `[${word % perVcpu}]` : ''}`,
    });

  const infoNames = [
    'gfn',
    'level',
    'stamp',
    'next',
    'refcount',
    'invalid',
    'zapPending',
    'role',
    'parentPtes',
    'unused',
  ];
  const tableInfo = layout.region({
    name: 'tableInfo',
    count: (tableCount + 1) * TABLE_INFO_WORDS,
    wordClass: 'shared',
    padded: true,
    meaning: 'struct kvm_mmu_page of each table',
    wordName: (index) => `${tableName(Math.floor(index / TABLE_INFO_WORDS))}.${infoNames[index % TABLE_INFO_WORDS]}`,
  });
  const nameSpte = (index: number, read: ReadWord): string => {
    const id = Math.floor(index / entries);
    const info = tableInfo + id * TABLE_INFO_WORDS;
    const level = read(info + INFO_LEVEL);
    if (level === 0) return `${tableName(id)}[${index % entries}]`;
    const role = read(info + INFO_ROLE);
    const guest = (role & ROLE_GUEST_MODE) !== 0 ? 'nested ' : (role & ROLE_SMM) !== 0 ? 'smm ' : '';
    const gfn = read(info + INFO_GFN) + (index % entries) * 2 ** (geometry.entryBits * (level - 1));
    return level === 1 ? `${guest}spte[gfn ${gfn}]` : `${guest}spte[level ${level}, gfn ${gfn}]`;
  };
  const nameRmap = (index: number): string => {
    const slot = Math.floor(index / rmapsPerSlot);
    const head = index % rmapsPerSlot;
    return head < slotPages ? `rmap[slot ${slot}, page ${head}]` : `rmap[slot ${slot}, 2M page ${head - slotPages}]`;
  };

  const vm: Vm = Object.freeze({
    mm,
    nextSubscriber: before,
    index,
    rules: config.rules,
    spte: config.spte,
    machine,
    hasShadowMmu,
    levels: geometry.levels,
    entryBits: geometry.entryBits,
    entries,
    firstVcpu,
    vcpus,
    threads,
    mmuLock: createMmuLock(layout, 'mmuLock', threads),
    pagesLock: createQueuedSpinlock(layout, 'tdpMmuPagesLock', threads),
    pageTableLock: before?.pageTableLock ?? createQueuedSpinlock(layout, 'pageTableLock', threads),
    // The kernel has one RCU: a grace period waits for the sections of all.
    rcu: before?.rcu ?? createRcu(layout, 'rcu', threads),
    srcu: createSrcu(layout, 'srcu', threads, srcuKind(index)),
    memslots: layout.region({
      name: 'memslot',
      count: slots.length * SLOT_WORDS * (machine.memslotsChange ? 2 : 1),
      wordClass: machine.memslotsChange ? 'shared' : 'constant',
      meaning: 'gfn, host page, number of pages and flags of each slot',
      wordName: (index) => {
        const field = ['gfn', 'page', 'pages', 'flags'][index % SLOT_WORDS];
        const slot = Math.floor(index / SLOT_WORDS);
        return slot < slots.length ? `memslot ${slot}.${field}` : `other memslot ${slot - slots.length}.${field}`;
      },
    }),
    activeMemslots: machine.memslotsChange ? shared('activeMemslots', 1, 'the set of memslots that readers use') : none,
    slotCount: slots.length,
    slotPages,
    dirtyBitmaps: machine.memslotsChange
      ? layout.region({
          name: 'dirtyBitmap',
          count: slots.length * dirtyBitmapWords,
          wordClass: 'shared',
          padded: true,
          meaning: 'pages of each slot that were written since they were handed out last',
          wordName: (index) => `dirtyBitmap[slot ${Math.floor(index / dirtyBitmapWords)}][${index % dirtyBitmapWords}]`,
        })
      : none,
    dirtyBitmapWords,
    rmaps: hasShadowMmu
      ? layout.region({
          name: 'rmap',
          count: slots.length * rmapsPerSlot,
          wordClass: 'shared',
          padded: true,
          meaning: 'shadow MMU SPTEs that map each page: SPTE or descriptor << 2 | locked << 1 | many',
          wordName: nameRmap,
        })
      : none,
    rmapsPerSlot,
    pteListDescs: hasShadowMmu
      ? shared('pteListDesc', (lists + 1) * DESC_WORDS, 'descriptors of lists of many SPTEs', true)
      : none,
    freePteListDesc: hasShadowMmu ? shared('freePteListDesc', 1, 'first descriptor given back, 0 = none') : none,
    usedPteListDescs: hasShadowMmu ? shared('usedPteListDescs', 1, 'descriptors that have been in use') : none,
    shadowRootAllocated: hasShadowMmu ? shared('shadowRootAllocated', 1, 'there was a shadow root') : none,
    indirectShadowPages: hasShadowMmu ? shared('indirectShadowPages', 1, 'shadow pages of guest page tables') : none,
    activeMmuPages: hasShadowMmu ? shared('activeMmuPages', 1, 'first of the list of shadow pages, 0 = none') : none,
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
    tablesBefore: before === null ? 0 : before.tablesBefore + before.tableCount + 1,
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
      count: (firstVcpu + vcpus) * VCPU_STATE_STRIDE,
      wordClass: 'shared',
      padded: true,
      meaning: 'in guest | which | requests | kick of each vCPU',
      wordName: (word) => `vcpuState[vcpu${Math.floor(word / VCPU_STATE_STRIDE) - firstVcpu}]`,
    }),
    vcpuRoots: ownedByVcpu('vcpuRoot', GUEST_MODES, 'root.hpa for L1, L2 and SMM as a table id, 0 = none'),
    tlbEntries: config.tlbEntries,
    tlbTags: ownedByVcpu('tlbTag', config.tlbEntries, '1 + gfn and guest that the entry translates, 0 = none'),
    tlbSptes: ownedByVcpu('tlbSpte', config.tlbEntries, 'the leaf SPTE as it was walked'),
    pmlIndexes: machine.pml ? ownedByVcpu('pmlIndex', 1, 'entries in the PML buffer') : none,
    pmlBuffers: machine.pml ? ownedByVcpu('pmlBuffer', PML_ENTRIES, 'gfns whose Dirty the hardware has set') : none,
    hostPtes: before?.hostPtes ?? shared('hostPte', pages, "the host's page-table entry of each page", true),
    hostPmds:
      before?.hostPmds ??
      (machine.hugePages ? shared('hostPmd', hugePageCount, "the host's entry of each 2M page", true) : none),
    pages,
  });
  mm.subscribers = vm;
  return vm;
}

/** Whether a machine can share the host's words with another. */
function isSameHost(other: Vm, { geometry, threads, pages }: VmConfig, { hugePages }: Required<MachineSpec>): boolean {
  return (
    other.threads === threads &&
    other.pages === pages &&
    other.entryBits === geometry.entryBits &&
    other.machine.hugePages === hugePages
  );
}

/**
 * Fills in what is not 0 at the beginning: every host page is present and writable. Call once for each VM, before any
 * thread starts, and `initMemslot` for each slot.
 */
export function initVm(m: Memory, vm: Vm): void {
  initRcu(m, vm.rcu);
  for (let id = 1; id <= vm.tableCount; id++) m.setBits(vm.freeTables + (id >>> 5), 1 << (id & 31));
  m.fill(vm.hostPtes, vm.pages, HOST_PRESENT | HOST_WRITABLE);
}

/** Makes a slot that is there from the beginning: in the set that readers use, and in its copy. */
export function initMemslot(m: Memory, vm: Vm, slot: number, spec: MemslotSpec): void {
  if (spec.logsDirty) initDirtyBitmap(m, vm, slot, spec.pages);
  for (let set = 0; set < (vm.machine.memslotsChange ? 2 : 1); set++) {
    const word = vm.memslots + (set * vm.slotCount + slot) * SLOT_WORDS;
    m.store(word + SLOT_GFN, spec.gfn);
    m.store(word + SLOT_PAGE, spec.page);
    m.store(word + SLOT_PAGES, spec.pages);
    m.store(word + SLOT_FLAGS, (spec.addressSpace === 1 ? SLOT_SMM : 0) | (spec.logsDirty ? SLOT_LOGS_DIRTY : 0));
  }
}
