import { GhostEvent } from '../shared/ghost-event.ts';
import type { Memory } from '../shared/memory.ts';
import { backingOf, isShadowPresent } from '../shared/spte.ts';
import { markHostPageAccessed, markHostPageDirty } from './host-page-state.ts';
import { isAccessed, isDirty } from './spte-state.ts';
import { pagesOfLevel } from './tables.ts';
import type { Vm } from './vm.ts';

/** Whether `leafChanged` may have anything to do. */
export function handsLeavesOn(vm: Vm): boolean {
  return vm.rules.passesAccessedOn || vm.rules.marksHostPageDirty === 'when-lost';
}

/**
 * handle_changed_spte, of a leaf: what an SPTE that goes or loses bits knows about its page is handed on to the host
 * page, where the rules say so.
 *
 * @param page the first host page that the old leaf mapped; -1 if its slot is gone
 */
export function leafChanged(m: Memory, vm: Vm, page: number, old: number, now: number): void {
  if (page < 0 || !isShadowPresent(old)) return;
  const gone = !isShadowPresent(now) || backingOf(now) !== backingOf(old);
  if (vm.rules.passesAccessedOn && isAccessed(vm, old) && (gone || !isAccessed(vm, now))) {
    markHostPageAccessed(m, vm, page);
  }
  if (gone || !isDirty(vm, now)) handDirtOn(m, vm, page, old);
}

/** kvm_set_pfn_dirty, of a leaf that goes or loses Dirty. */
export function handDirtOn(m: Memory, vm: Vm, page: number, old: number): void {
  if (vm.rules.marksHostPageDirty === 'when-lost' && isDirty(vm, old)) markHostPageDirty(m, vm, page);
}

/**
 * Tells observers of an exchange, done just now, that took an Accessed bit away which the hardware has set since the leaf was
 * read. It goes the way of those of zapped leaves where the rules hand them on, and is lost as by a store where they do not.
 */
export function noteAccessedTaken(
  m: Memory,
  vm: Vm,
  level: number,
  page: number,
  read: number,
  old: number,
  now: number,
): void {
  if (!isAccessed(vm, old) || isAccessed(vm, now)) return;
  if (isAccessed(vm, read) && !vm.rules.passesAccessedOn) return;
  const event = vm.rules.passesAccessedOn ? GhostEvent.zapEnd : GhostEvent.nonatomicUpdate;
  const pages = pagesOfLevel(vm, level);
  for (let i = 0; i < pages; i++) m.note(event, page + i, old);
}

/**
 * Tells observers of pages whose leaf was just changed by a load and a store. An Accessed bit that was there at the load and
 * is not in what was stored goes the way of those of zapped leaves, where the rules hand them on.
 */
export function noteNonatomicUpdate(m: Memory, vm: Vm, level: number, page: number, old: number, now: number): void {
  const handedOn = vm.rules.passesAccessedOn && isAccessed(vm, old) && !isAccessed(vm, now);
  const event = handedOn ? GhostEvent.zapEnd : GhostEvent.nonatomicUpdate;
  const pages = pagesOfLevel(vm, level);
  for (let i = 0; i < pages; i++) m.note(event, page + i, old);
}

/** Tells observers of pages whose leaf a prefault has just made old. */
export function notePrefaultRewrote(m: Memory, vm: Vm, level: number, page: number, old: number, now: number): void {
  if (!isAccessed(vm, old) || isAccessed(vm, now)) return;
  const pages = pagesOfLevel(vm, level);
  for (let i = 0; i < pages; i++) m.note(GhostEvent.prefaultRewrote, page + i, old);
}
