import { InputError } from '../shared/input-error.ts';
import { gfnRangeText, toGfnRanges } from './gfn-ranges.ts';
import { operationForms, operationNames } from './operation-forms.ts';
import type { Scenario, ScenarioMemslot, ScenarioOperation, ThreadPlace } from './scenario.ts';
import { PAGE_BYTES } from './scenario-limits.ts';

type Machinery = Pick<Scenario, 'machine' | 'memslots'>;

/**
 * Looks whether a thread can do an operation, and whether there is what it names.
 *
 * @throws InputError
 */
export function checkOperation(operation: ScenarioOperation, thread: ThreadPlace, scenario: Machinery): void {
  checkDoer(operation, thread);
  const { memslots } = scenario;
  switch (operation.op) {
    case 'read':
    case 'write':
    case 'nestedRead':
    case 'nestedWrite':
    case 'splitHuge':
    case 'recoverHuge':
    case 'protectShadow':
      checkGfns(operation.gfn, operation.gfn + 1, slotsOf(memslots, thread.vm, 0));
      break;
    case 'prefault':
      checkGfns(operation.start, operation.end, slotsOf(memslots, thread.vm, 0));
      break;
    case 'smmRead':
    case 'smmWrite':
      if (scenario.machine.addressSpaces < 2) {
        throw new InputError(
          `${operation.op} needs an address space of its own; accepted: with "machine.addressSpaces" 2`,
        );
      }
      checkGfns(operation.gfn, operation.gfn + 1, slotsOf(memslots, thread.vm, 1));
      break;
    case 'evictTlb':
      checkGfns(operation.gfn, operation.gfn + 1, slotsOf(memslots, thread.vm));
      break;
    case 'testYoung':
    case 'clearYoung':
    case 'clearFlushYoung':
    case 'lruWalk':
    case 'invalidate':
    case 'hostWrite':
    case 'hostProtect':
      checkHostPages(operation.start, operation.end, memslots);
      break;
    case 'damonMkold': {
      const { address } = operation;
      checkHostPages(Math.floor(address / PAGE_BYTES), Math.ceil(address / PAGE_BYTES + 1), memslots);
      break;
    }
    case 'lruEvict':
      checkHostPages(operation.page, operation.page + 1, memslots);
      break;
    case 'dirtyLogOn':
    case 'dirtyLogOff':
    case 'getDirtyLog':
    case 'clearDirtyLog':
    case 'addMemslot':
    case 'deleteMemslot':
      checkSlot(operation.slot, slotsOf(memslots, thread.vm));
      break;
    case 'createShadowRoot':
    case 'dropShadowPages':
    case 'vcpuExit':
    case 'flushTlb':
    case 'zapAll':
    case 'loadRoot':
    case 'putRoot':
      break;
  }
}

function checkDoer({ op }: ScenarioOperation, { vcpu }: ThreadPlace): void {
  const doer = vcpu === null ? 'host' : 'vcpu';
  const { by } = operationForms[op];
  if (by === 'any' || by === doer) return;
  const accepted = operationNames.filter(
    (name) => operationForms[name].by === doer || operationForms[name].by === 'any',
  );
  throw new InputError(
    doer === 'vcpu'
      ? `${op} is done by a thread of the host; accepted: for a vCPU, ${accepted.join(', ')}`
      : `${op} is done by a vCPU, a thread called vcpuN; accepted: for any other thread, ${accepted.join(', ')}`,
  );
}

function slotsOf(memslots: readonly ScenarioMemslot[], vm: number, as?: number): readonly ScenarioMemslot[] {
  return memslots.filter((slot) => slot.vm === vm && (as === undefined || slot.as === as));
}

/** All of them must be in slots. */
function checkGfns(start: number, end: number, slots: readonly ScenarioMemslot[]): void {
  for (let gfn = start; gfn < end; gfn++) {
    if (slots.some((slot) => slot.gfn <= gfn && gfn < slot.gfn + slot.pages)) continue;
    throw new InputError(`gfn ${gfn} is in no slot; accepted: ${rangesText(slots, 'gfn')}`);
  }
}

/** One of them must be in a slot: a range of the host may begin or end between slots, as a mapping of a process may. */
function checkHostPages(start: number, end: number, slots: readonly ScenarioMemslot[]): void {
  if (slots.some((slot) => slot.hva < end && start < slot.hva + slot.pages)) return;
  const what = end === start + 1 ? `host page ${start} is` : `host pages ${start}..${end} are`;
  throw new InputError(`${what} in no slot; accepted: ${rangesText(slots, 'hva')}`);
}

/** Slots of two address spaces may have the same id, but then the id alone does not say which is meant. */
function checkSlot(id: number, slots: readonly ScenarioMemslot[]): void {
  const count = slots.filter((slot) => slot.id === id).length;
  if (count === 1) return;
  const ids = [...new Set(slots.map((slot) => slot.id))].sort((a, b) => a - b);
  const problem = count === 0 ? `there is no slot ${id}` : `both address spaces have a slot ${id}`;
  throw new InputError(`${problem}; accepted: ${ids.filter((other) => other !== id).join(', ') || 'none'}`);
}

function rangesText(slots: readonly ScenarioMemslot[], key: 'gfn' | 'hva'): string {
  const ranges = toGfnRanges(slots.map((slot) => [slot[key], slot[key] + slot.pages] as const));
  return ranges.map(([start, end]) => gfnRangeText(start, end)).join(', ') || 'none: no slot is there';
}
