import type { MmuLock } from '../locks/mmu-lock.ts';
import type { QueuedSpinlock } from '../locks/queued-spinlock.ts';
import type { Rcu } from '../locks/rcu.ts';
import type { Srcu } from '../locks/srcu.ts';
import type { Word } from '../shared/memory.ts';
import type { SpteLayout } from '../shared/spte.ts';
import type { Rules } from './rules.ts';

/** What the machine under the hypervisor has, and how the hypervisor was told to use it. */
export interface MachineSpec {
  /** SPTEs have Accessed and Dirty bits that the hardware sets. Default true. */
  readonly adBits?: boolean;
  /** The TDP MMU maps L1's memory; if not, the shadow MMU does. Default true. */
  readonly tdpMmu?: boolean;
  /** Two-dimensional paging (EPT, NPT); if not, L1's own page tables are shadowed. Default true. */
  readonly npt?: boolean;
  /** vCPUs may run an L2 guest, through shadow pages of L1's nested page table. Default false. */
  readonly nested?: boolean;
  /** The host backs memory by 2M pages where it can. Default false. */
  readonly hugePages?: boolean;
  /** Slots appear, disappear or have their dirt logged after setup. Default false. */
  readonly memslotsChange?: boolean;
  /** 2: system management mode has memslots and roots of its own. Default 1. */
  readonly addressSpaces?: 1 | 2;
  /** KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2: dirty logs are handed out and cleared apart. Default false. */
  readonly manualDirtyProtect?: boolean;
  /** … and KVM_DIRTY_LOG_INITIALLY_SET: everything counts as dirty when logging begins. Default false. */
  readonly dirtyLogInitiallySet?: boolean;
  /** Page-modification logging: dirt is logged when the hardware sets Dirty, not on write faults. Default false. */
  readonly pml?: boolean;
  /** Each entry into the guest flushes the vCPU's TLB, as on a processor without address-space tags. Default false. */
  readonly entryFlushesTlb?: boolean;
}

/**
 * The process (`struct mm_struct`) whose memory virtual machines have for theirs: each of them is a subscriber of its MMU
 * notifier.
 */
export interface Mm {
  /**
   * The first subscriber, from which `nextSubscriber` leads on: the machine created last (mmu_notifier_register adds at the
   * head). Changes only at setup.
   */
  subscribers: Vm | null;
}

/** Where the words of one virtual machine (`struct kvm`) are. Nothing in it changes after setup. */
export interface Vm {
  /** The process whose memory it has: rcu, pageTableLock, hostPtes and hostPmds are the same for all of its machines. */
  readonly mm: Mm;
  /** The subscriber behind this one: the machine that was created before it. */
  readonly nextSubscriber: Vm | null;
  /** How many machines of the process were created before it. */
  readonly index: number;
  readonly rules: Rules;
  readonly spte: SpteLayout;
  readonly machine: Required<MachineSpec>;
  /** Whether there may be shadow pages: nested guests, or no TDP MMU. */
  readonly hasShadowMmu: boolean;
  readonly levels: number;
  readonly entryBits: number;
  /** Entries a table. */
  readonly entries: number;
  /** vCPUs are threads `firstVcpu` … `firstVcpu + vcpus - 1`. Lower numbers are vCPUs of machines created before. */
  readonly firstVcpu: number;
  readonly vcpus: number;
  /** All threads of the process, which have one number each, whatever machine they deal with. */
  readonly threads: number;
  readonly mmuLock: MmuLock;
  /** tdp_mmu_pages_lock: guards the list of roots. */
  readonly pagesLock: QueuedSpinlock;
  /** The spinlock of the host's page table, which callers hold when they age: one for all pages, as of one table. */
  readonly pageTableLock: QueuedSpinlock;
  readonly rcu: Rcu;
  readonly srcu: Srcu;
  /** Two sets of `slotCount` slots of `SLOT_WORDS` words, or one if they never change. */
  readonly memslots: Word;
  /** Which set readers use: 0 or 1. */
  readonly activeMemslots: Word;
  readonly slotCount: number;
  /** Most pages that a slot may have. */
  readonly slotPages: number;
  /** slot->dirty_bitmap of each slot, a bit a page; 0 if slots never change. */
  readonly dirtyBitmaps: Word;
  readonly dirtyBitmapWords: number;
  /** slot->arch.rmap of each slot, a head a page and then a head a 2M page; 0 without a shadow MMU. */
  readonly rmaps: Word;
  readonly rmapsPerSlot: number;
  /** pte_list_desc pool: descriptor `id` begins at `pteListDescs + id * DESC_WORDS`; ids start at 1. */
  readonly pteListDescs: Word;
  /** Id of the first descriptor that was given back, 0 = none. */
  readonly freePteListDesc: Word;
  /** Ids up to this one have been in use. */
  readonly usedPteListDescs: Word;
  /** kvm->arch.shadow_root_allocated. */
  readonly shadowRootAllocated: Word;
  /** kvm->arch.indirect_shadow_pages. */
  readonly indirectShadowPages: Word;
  /** kvm->arch.active_mmu_pages: the id of the first shadow page, or 0. */
  readonly activeMmuPages: Word;
  /** mmu_invalidate_seq. */
  readonly invalidateSeq: Word;
  /** mmu_invalidate_in_progress. */
  readonly invalidateInProgress: Word;
  /** mmu_invalidate_range_start, in gfns. */
  readonly invalidateStart: Word;
  /** mmu_invalidate_range_end, in gfns, exclusive. */
  readonly invalidateEnd: Word;
  /** mn_active_invalidate_count. */
  readonly activeInvalidations: Word;
  /** tdp_mmu_roots: the id of the first root, or 0. */
  readonly firstRoot: Word;
  /** Entries of table `id` begin at `tables + id * entries`. */
  readonly tables: Word;
  /** struct kvm_mmu_page of table `id` begins at `tableInfo + id * TABLE_INFO_WORDS`. */
  readonly tableInfo: Word;
  readonly tableCount: number;
  /** Table ids of the machines created before. Ghost events number tables through all of them: `tablesBefore + id`. */
  readonly tablesBefore: number;
  /** A bit for each table that may be handed out. */
  readonly freeTables: Word;
  /** A bit for each table that awaits its grace period. */
  readonly retiredTables: Word;
  readonly retiredCount: Word;
  readonly tableBitmapWords: number;
  /** Where each vCPU last found a free table: private. */
  readonly allocationHint: Word;
  /** mmu_shadow_page_cache: `levels` table ids a vCPU, 0 = empty; private. */
  readonly tableCache: Word;
  /** One word a vCPU, `VCPU_STATE_STRIDE` apart: its mode and requests. */
  readonly vcpuStates: Word;
  /** root.hpa of each vCPU's modes, `GUEST_MODES` words a vCPU, as table ids; private. */
  readonly vcpuRoots: Word;
  readonly tlbEntries: number;
  /** `tlbEntries` words a vCPU: 1 + what the entry translates, 0 = none; private. */
  readonly tlbTags: Word;
  /** `tlbEntries` words a vCPU: the leaf SPTE as it was walked; private. */
  readonly tlbSptes: Word;
  /** Index of the next free entry of each vCPU's PML buffer: private. */
  readonly pmlIndexes: Word;
  /** `PML_ENTRIES` gfns a vCPU whose Dirty bits the hardware set; private. */
  readonly pmlBuffers: Word;
  /** The host's page-table entry of each page (see `host-page-table.ts`). */
  readonly hostPtes: Word;
  /** The host's entry for each 2M page, 0 without huge pages. */
  readonly hostPmds: Word;
  readonly pages: number;
}

export const SLOT_WORDS = 4;
export const SLOT_GFN = 0;
export const SLOT_PAGE = 1;
/** 0: there is no such slot. */
export const SLOT_PAGES = 2;
export const SLOT_FLAGS = 3;

/** KVM_MEM_LOG_DIRTY_PAGES. */
export const SLOT_LOGS_DIRTY = 1 << 0;
/** KVM_MEMSLOT_INVALID: about to be deleted. */
export const SLOT_INVALID = 1 << 1;
/** The slot belongs to address space 1. */
export const SLOT_SMM = 1 << 2;

export const TABLE_INFO_WORDS = 10;
/** First gfn that the table maps. */
export const INFO_GFN = 0;
/** role.level. */
export const INFO_LEVEL = 1;
/** RCU stamp of its retirement. */
export const INFO_STAMP = 2;
/** The successor in the list of TDP roots or of active shadow pages, or 0. */
export const INFO_NEXT = 3;
/** A root's reference count (root_count of a shadow page). */
export const INFO_REFCOUNT = 4;
/** role.invalid. */
export const INFO_INVALID = 5;
/** Bit 0: the TDP root still has to be zapped (tdp_mmu_scheduled_root_to_zap). */
export const INFO_ZAP_PENDING = 6;
/** The rest of the role: `ROLE_…`. */
export const INFO_ROLE = 7;
/** A shadow page's parent_ptes: an rmap head. */
export const INFO_PARENTS = 8;

/** role.direct: what it maps follows from where it is, not from a guest's page table. */
export const ROLE_DIRECT = 1 << 0;
/** role.guest_mode: it shadows L1's nested page table. */
export const ROLE_GUEST_MODE = 1 << 1;
/** role.smm: address space 1. */
export const ROLE_SMM = 1 << 2;
/** tdp_mmu_page. */
export const ROLE_TDP_MMU = 1 << 3;

/** Which guest a vCPU's access belongs to. */
export const L1 = 0;
export const L2 = 1;
export const SMM = 2;
export const GUEST_MODES = 3;

/** PTE_LIST_EXT. */
export const PTE_LIST_EXT = 14;
/** struct pte_list_desc: more, spte_count, sptes[]. */
export const DESC_MORE = 0;
export const DESC_COUNT = 1;
export const DESC_SPTES = 2;
export const DESC_WORDS = DESC_SPTES + PTE_LIST_EXT;

/** The hardware's buffer has 512 entries; a full one is an exit, here as there. */
export const PML_ENTRIES = 16;

/** vCPU state words are a cache line apart. */
export const VCPU_STATE_STRIDE = 16;
