import { InputError } from '../shared/input-error.ts';
import { gfnRangeText } from './gfn-ranges.ts';
import type { KernelOperation, KernelTraceConfig, TraceMemslot } from './kernel-trace.ts';
import { MAX_GFNS, MAX_HOST_PAGES } from './kernel-trace-limits.ts';

const PAGE_BYTES = 4096;

interface SlotPlace {
  readonly slot: number;
  readonly firstGfn: number;
  readonly endGfn: number;
}

/** Looks, line after line, whether a trace speaks of vCPUs, memslots and pages that there are at that point. */
export class KernelTraceChecker {
  readonly #config: KernelTraceConfig;
  readonly #slots = new Map<number, SlotPlace>();

  /** @throws InputError if the memslots exclude each other or reach beyond what the model has */
  constructor(config: KernelTraceConfig) {
    this.#config = config;
    for (const slot of config.memslots) this.#add(slot);
  }

  /** @throws InputError that says what there is instead */
  check(operation: KernelOperation): void {
    if ('vcpu' in operation && operation.vcpu >= this.#config.vcpus) {
      throw new InputError(`vcpu ${operation.vcpu}; accepted: 0 … ${this.#config.vcpus - 1}`);
    }
    if ('gfn' in operation) this.#checkSpan(operation.gfn, operation.gfn + 1);
    if ('startGfn' in operation) this.#checkSpan(operation.startGfn, operation.endGfn);
    switch (operation.op) {
      case 'access':
        if (operation.l2 && !this.#config.nested) throw new InputError('"l2" without "nested"; accepted: L1 accesses');
        if (this.#config.spin && operation.exits === undefined) {
          throw new InputError('access: "exits" is missing; accepted: [before, after], where vCPUs stay in the guest');
        }
        break;
      case 'clearYoungHva':
        if (operation.hvaStart >= operation.hvaEnd) {
          throw new InputError(
            `"hvaEnd" is ${operation.hvaEnd}; accepted: more than "hvaStart", ${operation.hvaStart}`,
          );
        }
        break;
      case 'sptes': {
        const { startGfn, endGfn, map } = operation;
        const stray = [...map.keys()].find((gfn) => gfn < startGfn || gfn >= endGfn);
        if (stray !== undefined) throw new InputError(`gfn ${stray} in "map"; accepted: ${startGfn} … ${endGfn - 1}`);
        break;
      }
      case 'dirtyLog':
      case 'clearDirtyLog':
      case 'setLog':
        this.#checkSlot(operation.slot);
        break;
      case 'deleteSlot':
        this.#checkSlot(operation.slot);
        this.#slots.delete(operation.slot);
        break;
      case 'addSlot':
        this.#add(operation);
    }
  }

  #add({ slot, gpaStart, pages, hvaPage }: Omit<TraceMemslot, 'log'>): void {
    const firstGfn = gpaStart / PAGE_BYTES;
    const endGfn = firstGfn + pages;
    if (this.#slots.has(slot)) throw new InputError(`slot ${slot} is there already; accepted: another number`);
    if (endGfn > MAX_GFNS || hvaPage + pages > MAX_HOST_PAGES) {
      const limits = `gfns below ${MAX_GFNS} and host pages below ${MAX_HOST_PAGES}`;
      throw new InputError(`slot ${slot}: ${pages} pages reach too far; accepted: ${limits}`);
    }
    for (const other of this.#slots.values()) {
      if (firstGfn < other.endGfn && other.firstGfn < endGfn) {
        throw new InputError(`slot ${slot} overlaps slot ${other.slot}; accepted: gfns of their own for each`);
      }
    }
    this.#slots.set(slot, { slot, firstGfn, endGfn });
  }

  #checkSlot(slot: number): void {
    if (this.#slots.has(slot)) return;
    throw new InputError(`there is no slot ${slot}; accepted: ${[...this.#slots.keys()].join(', ') || 'none'}`);
  }

  #checkSpan(startGfn: number, endGfn: number): void {
    const slots = [...this.#slots.values()];
    if (slots.some((slot) => slot.firstGfn <= startGfn && startGfn < endGfn && endGfn <= slot.endGfn)) return;
    const accepted =
      slots.map((slot) => gfnRangeText(slot.firstGfn, slot.endGfn)).join(', ') || 'none: no slot is left';
    const what = startGfn < endGfn ? 'are not in one slot' : 'are an empty range';
    throw new InputError(`gfns ${startGfn}..${endGfn} ${what}; accepted: within one of ${accepted}`);
  }
}
