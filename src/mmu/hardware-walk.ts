import type { Memory, Word } from '../shared/memory.ts';
import { AD_ENABLED, adTypeOf, backingOf, isShadowPresent, PAGE_SIZE_BIT, WRITABLE } from '../shared/spte.ts';
import { logModification } from './pml.ts';
import { isAdEnabled } from './spte-state.ts';
import type { Vm } from './vm.ts';

/** What a walk returns where it found no translation: an exit for a page fault. */
export const PAGE_FAULT = 0;
/** … and where it found one that does not allow the write. Neither can be taken for an SPTE. */
export const PROTECTION_FAULT = 1;

/** Whether a walk ended in a leaf, rather than in a page fault. */
export function isTranslation(walked: number): boolean {
  return isShadowPresent(walked);
}

/**
 * The processor's page walk: from the root to the leaf, setting Accessed, and Dirty on a write, in the leaf by a
 * locked compare-exchange of the very word it walked. If that word has changed, the walk starts again. A walk that
 * finds the bits set writes nothing. No RCU: what keeps it off recycled tables is the flush handshake.
 *
 * @param vcpu whose buffer takes the gfn if Dirty is set and the machine logs that
 * @returns the leaf SPTE as it is after the walk, `PAGE_FAULT` or `PROTECTION_FAULT`
 */
export function hardwareWalk(m: Memory, vm: Vm, root: number, gfn: number, write: boolean, vcpu = 0): number {
  const { tables, entries, entryBits, levels } = vm;
  const { hardwarePresent, accessed, dirty } = vm.spte;
  const marks = write ? accessed | dirty : accessed;
  for (;;) {
    let leaf: Word = tables + root * entries;
    let spte = 0;
    for (let shift = entryBits * (levels - 1); ; shift -= entryBits) {
      leaf += (gfn >>> shift) & (entries - 1);
      spte = m.load(leaf);
      if ((spte & hardwarePresent) === 0) return PAGE_FAULT;
      if (shift === 0 || (spte & PAGE_SIZE_BIT) !== 0) break;
      leaf = tables + backingOf(spte) * entries;
    }
    if (write && (spte & WRITABLE) === 0) return PROTECTION_FAULT;
    if ((spte & marks) === marks) return spte;
    const marked = setMarks(m, vm, vcpu, leaf, spte, marks, gfn);
    if (marked !== PAGE_FAULT) return marked;
  }
}

/** Sets Accessed and Dirty in the leaf that was walked; `PAGE_FAULT` if it has changed, and the walk must start again. */
function setMarks(m: Memory, vm: Vm, vcpu: number, leaf: Word, spte: number, marks: number, gfn: number): number {
  // Without A/D bits the hardware sets nothing; KVM uses their places for itself.
  if (!isAdEnabled(vm, spte)) return spte;
  // Not a plain store: between the load and this step the entry may have been zapped or aged.
  if (!m.tryReplace(leaf, spte, spte | marks)) return PAGE_FAULT;
  const setsDirty = (marks & ~spte & vm.spte.dirty) !== 0;
  if (vm.machine.pml && setsDirty && adTypeOf(vm.spte, spte) === AD_ENABLED) logModification(m, vm, vcpu, gfn);
  return spte | marks;
}
