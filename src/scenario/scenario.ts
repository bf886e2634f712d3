import type { ReasonId } from '../shared/property.ts';

/** A small program of several threads on one hypervisor, to be run in every order. */
export interface Scenario {
  /** `null` if the text came from no file. */
  readonly file: string | null;
  readonly name: string;
  /** One line; empty if there is none. */
  readonly description: string;
  /** The variant that it runs under unless the user says otherwise. */
  readonly variant: string | null;
  readonly machine: ScenarioMachine;
  readonly memslots: readonly ScenarioMemslot[];
  /** Runs to the end, one operation after another, before the threads start. Its threads need not be among `threads`. */
  readonly setup: readonly ThreadOperation[];
  readonly threads: readonly ScenarioThread[];
  /** By the name of the variant, as the file spells it. */
  readonly expect: ReadonlyMap<string, Expectation>;
}

export interface ScenarioMachine {
  /** The TDP MMU maps L1's memory; if not, the shadow MMU does. */
  readonly tdpMmu: boolean;
  /** SPTEs have Accessed and Dirty bits. */
  readonly adBits: boolean;
  /** Where an SPTE has its bits. */
  readonly layout: 'ept' | 'legacy';
  readonly tlb: 'none' | 'cached';
  /** Whether a vCPU leaves the guest after each access, or stays there until something makes it leave. */
  readonly vcpuMode: 'exit' | 'guest';
  readonly hugePages: boolean;
  /** Dirty logs are handed out and cleared apart. */
  readonly manualDirtyProtect: boolean;
  /** The kernel checks the rules of locking (CONFIG_PROVE_LOCKING). */
  readonly lockdep: boolean;
  readonly vms: number;
  /** 2: system management mode has memslots of its own. */
  readonly addressSpaces: 1 | 2;
}

export interface ScenarioMemslot {
  /** No other slot of this VM and address space has it. */
  readonly id: number;
  readonly vm: number;
  /** Address space: 1 is system management mode's. */
  readonly as: number;
  /** The first page. */
  readonly gfn: number;
  /** The first host virtual page; slots may share host pages. */
  readonly hva: number;
  readonly pages: number;
  /** Dirty logging is on from the beginning. */
  readonly log: boolean;
}

/** Who does something: what a thread's name says. */
export interface ThreadPlace {
  /** 0 unless the name begins with `vmK.`. */
  readonly vm: number;
  /** The vCPU that this thread is, or `null` for a thread of the host: the aging caller, the VMM, reclaim … */
  readonly vcpu: number | null;
}

export interface ScenarioThread extends ThreadPlace {
  /** As the file spells it. */
  readonly name: string;
  readonly operations: readonly ScenarioOperation[];
}

/** A step of the setup. */
export interface ThreadOperation extends ThreadPlace {
  readonly thread: string;
  readonly operation: ScenarioOperation;
}

interface InFile {
  /** The words of the file. */
  readonly text: string;
  /** 1-based. */
  readonly line: number;
}

interface PlainOperation extends InFile {
  readonly op: 'createShadowRoot' | 'dropShadowPages' | 'vcpuExit' | 'flushTlb' | 'zapAll' | 'loadRoot' | 'putRoot';
}

interface GfnOperation extends InFile {
  readonly op:
    | 'read'
    | 'write'
    | 'nestedRead'
    | 'nestedWrite'
    | 'smmRead'
    | 'smmWrite'
    | 'evictTlb'
    | 'splitHuge'
    | 'recoverHuge'
    | 'protectShadow';
  readonly gfn: number;
}

/** Pages [start, end): gfns for `prefault`, host virtual pages everywhere else. */
interface Span {
  readonly start: number;
  readonly end: number;
}

interface PrefaultOperation extends InFile, Span {
  readonly op: 'prefault';
}

interface HostRangeOperation extends InFile, Span {
  readonly op: 'clearFlushYoung' | 'lruWalk' | 'invalidate' | 'hostWrite' | 'hostProtect';
}

interface TestYoungOperation extends InFile, Span {
  readonly op: 'testYoung';
  /** One call that fills a bitmap; if not, one call a page. */
  readonly bitmap: boolean;
}

interface ClearYoungOperation extends InFile, Span {
  readonly op: 'clearYoung';
  /** The host virtual pages that are selected, in order; `null` = no bitmap. */
  readonly bitmap: readonly number[] | null;
}

interface DamonMkoldOperation extends InFile {
  readonly op: 'damonMkold';
  /** The first byte. */
  readonly address: number;
}

interface LruEvictOperation extends InFile {
  readonly op: 'lruEvict';
  /** A host virtual page. */
  readonly page: number;
}

interface SlotOperation extends InFile {
  readonly op: 'dirtyLogOn' | 'dirtyLogOff' | 'getDirtyLog' | 'clearDirtyLog' | 'addMemslot' | 'deleteMemslot';
  /** The `id` of one slot of the thread's VM. */
  readonly slot: number;
}

export type ScenarioOperation =
  | PlainOperation
  | GfnOperation
  | PrefaultOperation
  | HostRangeOperation
  | TestYoungOperation
  | ClearYoungOperation
  | DamonMkoldOperation
  | LruEvictOperation
  | SlotOperation;

export type ScenarioOperationName = ScenarioOperation['op'];

/** What a variant is expected to show. `null`: nothing is said about it. */
export interface Expectation {
  readonly verdict: 'holds' | 'violated' | null;
  /** Id of the property that the violation must be of. */
  readonly property: string | null;
  /** The reasons that tolerated violations may have, all of them. */
  readonly tolerated: readonly ReasonId[] | null;
}
