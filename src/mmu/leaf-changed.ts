import { GhostEvent } from '../shared/ghost-event.ts';
import type { Memory } from '../shared/memory.ts';
import { backingOf, isShadowPresent } from '../shared/spte.ts';
import { markHostPageAccessed, markHostPageDirty } from './host-page-state.ts';
import { isAccessed, isDirty } from './spte-state.ts';
import { pagesOfLevel } from './tables.ts';
import type { Vm } from './vm.ts';

/**
 * handle_changed_spte, of a leaf: what an SPTE that goes or loses bits knows about its page is handed on to the host
 * page, where the rules say so.
 *
 * @param page the first host page that the old leaf mapped
 */
export function leafChanged(m: Memory, vm: Vm, page: number, old: number, now: number): void {
  if (!isShadowPresent(old)) return;
  const gone = !isShadowPresent(now) || backingOf(now) !== backingOf(old);
  if (vm.rules.passesAccessedOn && isAccessed(vm, old) && (gone || !isAccessed(vm, now))) {
    markHostPageAccessed(m, vm, page);
  }
  if (vm.rules.marksHostPageDirty === 'when-lost' && isDirty(vm, old) && (gone || !isDirty(vm, now))) {
    markHostPageDirty(m, vm, page);
  }
}

/** Tells observers of pages whose leaf a prefault has just made old. */
export function notePrefaultRewrote(m: Memory, vm: Vm, level: number, page: number, old: number, now: number): void {
  if (!isAccessed(vm, old) || isAccessed(vm, now)) return;
  const pages = pagesOfLevel(vm, level);
  for (let i = 0; i < pages; i++) m.note(GhostEvent.prefaultRewrote, page + i, old);
}
