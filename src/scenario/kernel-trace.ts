import type { GfnRanges } from './gfn-ranges.ts';

/** A memslot as a VMM makes it: `pages` pages from guest physical address `gpaStart` (bytes) on. */
export interface TraceMemslot {
  readonly slot: number;
  readonly gpaStart: number;
  readonly pages: number;
  /** The slot's first page in the one host mapping; slots may share host pages. */
  readonly hvaPage: number;
  /** Dirty logging is on from the beginning. */
  readonly log: boolean;
}

/** The machine on which a trace was recorded. */
export interface KernelTraceConfig {
  /** `uname -r`. */
  readonly kernel: string;
  readonly scenario: string;
  readonly seed: number | string | null;
  readonly vcpus: number;
  readonly memslots: readonly TraceMemslot[];
  readonly tdpMmu: boolean;
  /** Nested paging; without it KVM shadows the guest's own page tables. */
  readonly npt: boolean;
  /** KVM uses Accessed and Dirty bits of the hardware; without, it tracks accesses by making SPTEs not present. */
  readonly adBits: boolean;
  /** The guest has a guest of its own, which shares the L1 guest's memory. */
  readonly nested: boolean;
  /** Host memory comes in 4K pages, or in transparent huge pages where it can. */
  readonly backing: '4k' | 'thp';
  /** vCPUs stay in the guest between operations; otherwise each access ends with an exit. */
  readonly spin: boolean;
  /** The flags of KVM_CAP_MANUAL_DIRTY_LOG_PROTECT2: 1 manual, 2 initially set. */
  readonly manualDirtyProtect: number;
}

/** Counters of KVM by name (`pf_taken`, `pf_fixed`, `pf_fast` …): what an operation added; those it left alone are absent. */
export type KernelStats = Readonly<Record<string, number>>;

/** Guest frames [startGfn, endGfn). */
export interface GfnSpan {
  readonly startGfn: number;
  readonly endGfn: number;
}

interface InFile {
  /** 1-based. */
  readonly line: number;
}

/** A guest access, which always succeeds. SPTEs are text: `level:PWADM`, lower case = clear, `!` = no A/D, `-` = none. */
export interface AccessOperation extends InFile {
  readonly op: 'access';
  readonly vcpu: number;
  /** Of the L1 guest, also for an access by its own guest. */
  readonly gfn: number;
  readonly write: boolean;
  /** The access is one of the L2 guest. */
  readonly l2: boolean;
  /** The exit code by which an L2 access came back to the L1 guest. */
  readonly l2exit?: number;
  readonly spte: readonly [before: string, after: string];
  /** The SPTE of the shadow MMU afterwards, by which the L2 guest reaches the page. */
  readonly l2spte?: string;
  readonly stats: KernelStats;
  /** The vCPU's total number of exits. */
  readonly exits?: readonly [before: number, after: number];
}

/** `clear_young` or `clear_flush_young`: one notifier call a page, or one for all. */
export interface ClearYoungOperation extends InFile, GfnSpan {
  readonly op: 'clearYoung';
  readonly how: 'perPage' | 'range';
  readonly flush: boolean;
  /** KVM's counter: what the call added. */
  readonly remoteTlbFlushes?: number;
  /** What the one call returned; absent with `perPage`. */
  readonly ret?: boolean;
  readonly young: GfnRanges;
  /** In the range, young before, and not cleared. */
  readonly stillYoung?: GfnRanges;
}

/** One `clear_young` call of bytes [hvaStart, hvaEnd) of the host mapping, which may begin or end inside pages. */
export interface ClearYoungHvaOperation extends InFile {
  readonly op: 'clearYoungHva';
  readonly hvaStart: number;
  readonly hvaEnd: number;
  readonly ret: boolean;
  readonly young: GfnRanges;
  readonly stillYoung?: GfnRanges;
}

/** `test_young`, one notifier call a page. */
export interface TestYoungOperation extends InFile, GfnSpan {
  readonly op: 'testYoung';
  readonly young: GfnRanges;
}

/** MADV_DONTNEED. */
export interface UnmapOperation extends InFile, GfnSpan {
  readonly op: 'unmap';
  readonly youngBefore: GfnRanges;
  readonly youngAfter: GfnRanges;
}

/** KVM_GET_DIRTY_LOG. */
export interface DirtyLogOperation extends InFile {
  readonly op: 'dirtyLog';
  readonly slot: number;
  readonly dirty: GfnRanges;
}

/** KVM_CLEAR_DIRTY_LOG of what was handed out last. */
export interface ClearDirtyLogOperation extends InFile {
  readonly op: 'clearDirtyLog';
  readonly slot: number;
  readonly rc: number;
}

/** Dirty logging of a slot begins or ends. */
export interface SetLogOperation extends InFile {
  readonly op: 'setLog';
  readonly slot: number;
  readonly on: boolean;
}

export interface DeleteSlotOperation extends InFile {
  readonly op: 'deleteSlot';
  readonly slot: number;
}

/** A memslot is added, with the flags that the slot had before it was deleted. */
export interface AddSlotOperation extends InFile, Omit<TraceMemslot, 'log'> {
  readonly op: 'addSlot';
}

/** KVM_PRE_FAULT_MEMORY. */
export interface PrefaultOperation extends InFile, GfnSpan {
  readonly op: 'prefault';
  readonly vcpu: number;
  readonly rc: number;
  readonly errno: number;
  readonly youngAfter: GfnRanges;
}

/** The VMM itself reads or writes the host page. */
export interface HostTouchOperation extends InFile {
  readonly op: 'hostTouch';
  readonly gfn: number;
  readonly write: boolean;
  readonly youngBefore: boolean;
  readonly youngAfter: boolean;
}

/** The VMM writes each of the first `hvaPages` pages of the host mapping. */
export interface HostPopulateOperation extends InFile {
  readonly op: 'hostPopulate';
  readonly hvaPages: number;
}

/** mprotect to read-only and back. */
export interface MprotectCycleOperation extends InFile, GfnSpan {
  readonly op: 'mprotectCycle';
  readonly youngAfter: GfnRanges;
}

export interface MadviseOperation extends InFile, GfnSpan {
  readonly op: 'madvise';
  readonly advice: 'COLD' | 'FREE' | 'PAGEOUT';
  readonly rc: number;
  /** How many pages of the range were young. */
  readonly nYoungBefore: number;
  readonly youngAfter: GfnRanges;
}

/** The VMM forks, and its child ends at once. */
export interface ForkOperation extends InFile, GfnSpan {
  readonly op: 'fork';
  readonly youngAfter: GfnRanges;
}

/** A vCPU that stays in the guest is made to leave it. */
export interface VcpuExitOperation extends InFile {
  readonly op: 'vcpuExit';
  readonly vcpu: number;
  readonly exits?: readonly [before: number, after: number];
  readonly stats: KernelStats;
}

/** A dump of the SPTEs; gfns that have none are absent. */
export interface SptesOperation extends InFile, GfnSpan {
  readonly op: 'sptes';
  readonly map: ReadonlyMap<number, string>;
}

export interface NoteOperation extends InFile {
  readonly op: 'note';
  readonly text: string;
}

/** One line of a trace: what was done, and what the kernel answered. */
export type KernelOperation =
  | AccessOperation
  | ClearYoungOperation
  | ClearYoungHvaOperation
  | TestYoungOperation
  | UnmapOperation
  | DirtyLogOperation
  | ClearDirtyLogOperation
  | SetLogOperation
  | DeleteSlotOperation
  | AddSlotOperation
  | PrefaultOperation
  | HostTouchOperation
  | HostPopulateOperation
  | MprotectCycleOperation
  | MadviseOperation
  | ForkOperation
  | VcpuExitOperation
  | SptesOperation
  | NoteOperation;

export type KernelOperationName = KernelOperation['op'];

/** What a real kernel answered to a sequence of operations. */
export interface KernelTrace {
  readonly file: string;
  readonly config: KernelTraceConfig;
  readonly operations: readonly KernelOperation[];
}

/** Which of KVM's MMUs the trace is of: `tdp`, `legacy` (shadow MMU with nested paging), `npt0`; `-noad` without A/D. */
export function mmuOf({ tdpMmu, npt, adBits }: Pick<KernelTraceConfig, 'tdpMmu' | 'npt' | 'adBits'>): string {
  const mmu = npt ? (tdpMmu ? 'tdp' : 'legacy') : 'npt0';
  return adBits ? mmu : `${mmu}-noad`;
}
