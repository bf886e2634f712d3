import type { MmuLock } from '../locks/mmu-lock.ts';
import type { QueuedSpinlock } from '../locks/queued-spinlock.ts';
import type { Rcu } from '../locks/rcu.ts';
import type { Srcu } from '../locks/srcu.ts';
import type { Word } from '../shared/memory.ts';
import type { SpteLayout } from '../shared/spte.ts';
import type { Rules } from './rules.ts';

/** Where the words of one virtual machine (`struct kvm`) are. Nothing in it changes after setup. */
export interface Vm {
  readonly rules: Rules;
  readonly spte: SpteLayout;
  readonly levels: number;
  readonly entryBits: number;
  /** Entries a table. */
  readonly entries: number;
  readonly vcpus: number;
  readonly threads: number;
  readonly mmuLock: MmuLock;
  /** tdp_mmu_pages_lock: guards the list of roots. */
  readonly pagesLock: QueuedSpinlock;
  readonly rcu: Rcu;
  readonly srcu: Srcu;
  /** `SLOT_WORDS` words a slot. */
  readonly memslots: Word;
  readonly slotCount: number;
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
  /** root.hpa of each vCPU, as a table id; private. */
  readonly vcpuRoots: Word;
  readonly tlbEntries: number;
  /** `tlbEntries` words a vCPU: 1 + the gfn that the entry translates, 0 = none; private. */
  readonly tlbTags: Word;
  /** `tlbEntries` words a vCPU: the leaf SPTE as it was walked; private. */
  readonly tlbSptes: Word;
  /** Version of what the host has behind each page. */
  readonly hostVersions: Word;
  readonly pages: number;
}

export const SLOT_WORDS = 3;
export const SLOT_GFN = 0;
export const SLOT_PAGE = 1;
export const SLOT_PAGES = 2;

export const TABLE_INFO_WORDS = 8;
/** First gfn that the table maps. */
export const INFO_GFN = 0;
/** role.level. */
export const INFO_LEVEL = 1;
/** RCU stamp of its retirement. */
export const INFO_STAMP = 2;
/** A root's successor in the list of roots, or 0. */
export const INFO_NEXT_ROOT = 3;
/** A root's reference count. */
export const INFO_REFCOUNT = 4;
/** A root's role.invalid. */
export const INFO_INVALID = 5;
/** Bit 0: the root still has to be zapped (tdp_mmu_scheduled_root_to_zap). */
export const INFO_ZAP_PENDING = 6;

/** vCPU state words are a cache line apart. */
export const VCPU_STATE_STRIDE = 16;
