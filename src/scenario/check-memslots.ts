import { InputError } from '../shared/input-error.ts';
import { gfnRangeText } from './gfn-ranges.ts';
import type { ScenarioMachine, ScenarioMemslot } from './scenario.ts';
import { MAX_PAGES } from './scenario-limits.ts';

/**
 * Looks whether a slot fits on the machine, beside the slots before it. Slots that share host pages do.
 *
 * @throws InputError
 */
export function checkMemslot(
  slot: ScenarioMemslot,
  before: readonly ScenarioMemslot[],
  machine: ScenarioMachine,
): void {
  const { id, vm, as, gfn, hva, pages } = slot;
  if (vm >= machine.vms) {
    throw new InputError(
      `slot ${id}: "vm" is ${vm}; accepted: 0 … ${machine.vms - 1} ("machine.vms" is ${machine.vms})`,
    );
  }
  if (as >= machine.addressSpaces) {
    throw new InputError(
      `slot ${id}: "as" is ${as}; accepted: 0 … ${machine.addressSpaces - 1} ("machine.addressSpaces" is ${machine.addressSpaces})`,
    );
  }
  if (gfn + pages > MAX_PAGES || hva + pages > MAX_PAGES) {
    throw new InputError(`slot ${id}: ${pages} pages reach too far; accepted: gfns and host pages below ${MAX_PAGES}`);
  }
  for (const other of before) {
    if (other.vm !== vm || other.as !== as) continue;
    if (other.id === id) throw new InputError(`slot ${id} is there already; accepted: another id`);
    if (gfn < other.gfn + other.pages && other.gfn < gfn + pages) {
      throw new InputError(
        `slot ${id} overlaps slot ${other.id}; accepted: gfns outside of ${gfnRangeText(other.gfn, other.gfn + other.pages)}`,
      );
    }
  }
}

/** @throws InputError if a virtual machine has no memory */
export function checkEachVmHasMemory(memslots: readonly ScenarioMemslot[], { vms }: ScenarioMachine): void {
  for (let vm = 0; vm < vms; vm++) {
    if (!memslots.some((slot) => slot.vm === vm)) {
      throw new InputError(`VM ${vm} has no memslot; accepted: at least one for each of VMs 0 … ${vms - 1}`);
    }
  }
}
