/**
 * A shadow page-table entry is one word. Bits 0-11 sit where the hardware and KVM have them; the rest of the 64-bit
 * SPTE is folded into bits 12-31 (arch/x86/kvm/mmu/spte.h).
 */

/** SPTE_MMU_PRESENT_MASK: the only bit that decides whether KVM takes the entry for present. */
export const MMU_PRESENT = 1 << 11;
/** PT_PAGE_SIZE_MASK: a leaf above 4K. */
export const PAGE_SIZE_BIT = 1 << 7;
/** PT_WRITABLE_MASK. */
export const WRITABLE = 1 << 1;
/** Bit 63 of the real word: the value of a nonpresent SPTE since Linux 6.10 (SHADOW_NONPRESENT_VALUE). */
export const NONPRESENT_MARKER = 1 << 31;
/** FROZEN_SPTE, REMOVED_SPTE before 6.10: owned by the thread that is removing it; others must not modify it. */
export const FROZEN_BITS = 0x5a0;

const BACKING_SHIFT = 12;
export const BACKING_BITS = 13;
/** Largest value of the backing field: a table's id, or a host page's version modulo 8192. */
export const BACKING_MAX = (1 << BACKING_BITS) - 1;
const BACKING_MASK = BACKING_MAX << BACKING_SHIFT;

/** Where one paging format keeps the bits whose place differs. A mask of 0 means that it has no such bit. */
export interface SpteLayout {
  readonly name: 'ept' | 'legacy';
  /** The hardware takes the entry for present if any of these is set: R, W, X of EPT; P of legacy. */
  readonly hardwarePresent: number;
  /** What a mapping that allows reading and executing has set, apart from software bits. */
  readonly readExecute: number;
  readonly accessed: number;
  readonly dirty: number;
  /** EPT_SPTE_HOST_WRITABLE, DEFAULT_SPTE_HOST_WRITABLE. */
  readonly hostWritable: number;
  /** EPT_SPTE_MMU_WRITABLE, DEFAULT_SPTE_MMU_WRITABLE. */
  readonly mmuWritable: number;
  /** SPTE_TDP_AD_MASK: 0 = A/D bits enabled, 1 = disabled, 2 = write-protect only; shifted to its place. */
  readonly adTypeShift: number;
  /** SHADOW_ACC_TRACK_SAVED_MASK: R and X (bits 0 and 2) of an access-tracked SPTE. */
  readonly savedReadExecute: number;
  /** shadow_acc_track_mask: what marking an SPTE for access tracking clears; 0 where there is no access tracking. */
  readonly accessTrack: number;
}

export const EPT: SpteLayout = Object.freeze({
  name: 'ept',
  hardwarePresent: 0b111,
  readExecute: 0b101,
  accessed: 1 << 8,
  dirty: 1 << 9,
  hostWritable: 1 << 25,
  mmuWritable: 1 << 26,
  adTypeShift: 27,
  savedReadExecute: (1 << 29) | (1 << 30),
  accessTrack: 0b111,
});

/** Legacy x86 paging, and AMD's nested paging, which uses the same format. */
export const LEGACY: SpteLayout = Object.freeze({
  name: 'legacy',
  hardwarePresent: 0b1,
  readExecute: 0b101,
  accessed: 1 << 5,
  dirty: 1 << 6,
  hostWritable: 1 << 9,
  mmuWritable: 1 << 10,
  adTypeShift: 0,
  savedReadExecute: 0,
  accessTrack: 0,
});

/**
 * An experiment and no machine: KVM's masks patched so that its access tracking runs on nested-paging entries, P, W and
 * U in the place of EPT's R, W and X.
 */
export const LEGACY_ACCESS_TRACK: SpteLayout = Object.freeze({
  ...LEGACY,
  adTypeShift: EPT.adTypeShift,
  savedReadExecute: EPT.savedReadExecute,
  accessTrack: EPT.accessTrack,
});

/** SPTE_TDP_AD_ENABLED, SPTE_TDP_AD_DISABLED, SPTE_TDP_AD_WRPROT_ONLY; at `adTypeShift` of the layout. */
export const AD_ENABLED = 0;
export const AD_DISABLED = 1;
export const AD_WRPROT_ONLY = 2;
const AD_TYPE_MASK = 0b11;
/** From bits 0 and 2 to where they are saved: bits 29 and 30. */
const SAVED_READ_SHIFT = 29;
const SAVED_EXECUTE_SHIFT = 28;

export function isShadowPresent(spte: number): boolean {
  return (spte & MMU_PRESENT) !== 0;
}

/** is_frozen_spte. */
export function isFrozen(spte: number): boolean {
  return (spte & ~NONPRESENT_MARKER) === FROZEN_BITS;
}

/** The version of a leaf's host page, or the id of the table that a non-leaf points to. */
export function backingOf(spte: number): number {
  return (spte >>> BACKING_SHIFT) & BACKING_MAX;
}

/** `version` in its place in a leaf. */
export function backingBits(version: number): number {
  return (version & BACKING_MAX) << BACKING_SHIFT;
}

/**
 * make_nonleaf_spte: points to table `id`. Accessed is preset, since KVM never consumes it there; without A/D bits the
 * entry says so instead.
 */
export function makeNonleafSpte(layout: SpteLayout, id: number, adBits: boolean): number {
  const accessed = adBits ? layout.accessed : AD_DISABLED << layout.adTypeShift;
  return layout.readExecute | WRITABLE | MMU_PRESENT | accessed | (id << BACKING_SHIFT);
}

/** is_last_spte: the present entry maps a page, rather than pointing to a table. */
export function isLeaf(spte: number, level: number): boolean {
  return level === 1 || (spte & PAGE_SIZE_BIT) !== 0;
}

/** is_large_pte, of a present entry. */
export function isLargeLeaf(spte: number): boolean {
  return (spte & PAGE_SIZE_BIT) !== 0;
}

/** The A/D type of an entry; always `AD_ENABLED` where the layout has no such field. */
export function adTypeOf(layout: SpteLayout, spte: number): number {
  return layout.adTypeShift === 0 ? AD_ENABLED : (spte >>> layout.adTypeShift) & AD_TYPE_MASK;
}

/** is_access_track_spte: without A/D bits, an SPTE whose access bits were taken away so that the next access faults. */
export function isAccessTracked(layout: SpteLayout, spte: number): boolean {
  return adTypeOf(layout, spte) === AD_DISABLED && (spte & layout.accessTrack) === 0;
}

/** The R, W, X part of mark_spte_for_access_track: saves R and X, takes all three away. */
export function trackAccess(layout: SpteLayout, spte: number): number {
  if (isAccessTracked(layout, spte)) return spte;
  const saved = ((spte & 1) << SAVED_READ_SHIFT) | ((spte & 4) << SAVED_EXECUTE_SHIFT);
  return (spte | (saved & layout.savedReadExecute)) & ~layout.accessTrack;
}

/** restore_acc_track_spte: R and X come back; W was not saved. */
export function restoreAccess(layout: SpteLayout, spte: number): number {
  const saved = spte & layout.savedReadExecute;
  const restored = ((saved >>> SAVED_READ_SHIFT) & 1) | ((saved >>> SAVED_EXECUTE_SHIFT) & 4);
  return (spte & ~layout.accessTrack & ~layout.savedReadExecute) | restored;
}

/**
 * Whether `version` was current at or before `other`. Versions count modulo 8192; the two must be less than 4096
 * apart.
 */
export function isVersionAtOrBefore(version: number, other: number): boolean {
  return ((other - version) & BACKING_MAX) < 1 << (BACKING_BITS - 1);
}

/**
 * SPTE text as the kernel traces have it: `level:PWADM`, lower case where the bit is clear, `!` behind it if A/D bits
 * are disabled, `-` for none.
 */
export function spteText(layout: SpteLayout, spte: number, level: number): string {
  if (!isShadowPresent(spte)) return '-';
  const letter = (set: boolean, name: string): string => (set ? name : name.toLowerCase());
  const bits =
    letter((spte & layout.hardwarePresent) !== 0, 'P') +
    letter((spte & WRITABLE) !== 0, 'W') +
    letter((spte & layout.accessed) !== 0, 'A') +
    letter((spte & layout.dirty) !== 0, 'D') +
    letter((spte & layout.mmuWritable) !== 0, 'M');
  return `${level}:${bits}${adTypeOf(layout, spte) === AD_DISABLED ? '!' : ''}`;
}

/** What traces call a table: a number behind `table` alone would read like a level. */
export function tableName(id: number): string {
  return `table #${id}`;
}

/** The same with the backing appended, and other states by name. */
export function describeSpte(layout: SpteLayout, spte: number, level: number): string {
  if (isFrozen(spte)) return 'FROZEN';
  if (!isShadowPresent(spte)) return (spte & ~NONPRESENT_MARKER) === 0 ? '-' : `0x${(spte >>> 0).toString(16)}`;
  const backing = isLeaf(spte, level) ? `version ${backingOf(spte)}` : `to ${tableName(backingOf(spte))}`;
  return `${spteText(layout, spte, level)} ${backing}`;
}

/** Every bit of an SPTE with a name, for documentation and traces. */
export function spteBitNames(layout: SpteLayout): readonly (readonly [string, number])[] {
  const ept = layout.name === 'ept';
  return [
    [ept ? 'readable' : 'present', 1],
    ['writable', WRITABLE],
    [ept ? 'executable' : 'user', 1 << 2],
    ['accessed', layout.accessed],
    ['dirty', layout.dirty],
    ['page-size', PAGE_SIZE_BIT],
    ['host-writable', layout.hostWritable],
    ['mmu-writable', layout.mmuWritable],
    ['mmu-present', MMU_PRESENT],
    ['backing', BACKING_MASK],
    ...(ept
      ? ([
          ['ad-type', 0b11 << layout.adTypeShift],
          ['saved-read-execute', layout.savedReadExecute],
        ] as const)
      : []),
    ['nonpresent-marker', NONPRESENT_MARKER],
  ];
}
