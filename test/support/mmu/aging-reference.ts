import type { MemslotSpec } from '../../../src/mmu/create-vm.ts';
import type { VmSpec } from './sequential-vm.ts';

/** What kernels differ in where one thread does everything. */
export interface ReferenceRules {
  readonly honoursBitmap: boolean;
  readonly clearFlushYoungFlushes: boolean;
}

export interface Leaf {
  young: boolean;
  version: number;
}

export interface ReferenceAnswer {
  readonly answer: 'young' | 'old' | 'unreliable';
  readonly flags: number;
  /** Pages that were found young and, for a clear, selected. */
  readonly young: readonly number[];
}

const VERSIONS = 8192;

/** What a VM looks like to somebody who knows nothing of page tables: a map of the guest frames that are mapped. */
export class AgingReference {
  readonly leaves = new Map<number, Leaf>();
  readonly versions: number[];
  readonly #spec: VmSpec;
  readonly #rules: ReferenceRules;
  /** A map for each vCPU from index to what is cached there. */
  #tlbs: Map<number, { readonly gfn: number; readonly version: number }>[] = [];

  constructor(spec: VmSpec, rules: ReferenceRules, firstVersion: number) {
    this.#spec = spec;
    this.#rules = rules;
    this.versions = new Array<number>(spec.pages).fill(firstVersion);
    this.#flush();
  }

  /** The version that the access reaches, and whether through the TLB. */
  access(vcpu: number, gfn: number): { version: number; hit: boolean } {
    const { tlbEntries } = this.#spec;
    const tlb = this.#tlbs[vcpu];
    const cached = tlb?.get(gfn % tlbEntries);
    if (cached?.gfn === gfn) return { version: cached.version, hit: true };
    const version = this.leaves.get(gfn)?.version ?? this.#versionOf(this.pageOf(gfn));
    this.leaves.set(gfn, { young: true, version });
    if (tlbEntries > 0) tlb?.set(gfn % tlbEntries, { gfn, version });
    return { version, hit: false };
  }

  test(start: number, end: number, hasBitmap: boolean): ReferenceAnswer {
    if (hasBitmap && !this.#rules.honoursBitmap) return { answer: 'unreliable', flags: 2, young: [] };
    return answerOf(this.#youngLeaves(start, end).map(([page]) => page));
  }

  clear(start: number, end: number, selected: ((page: number) => boolean) | undefined): ReferenceAnswer {
    if (selected !== undefined && !this.#rules.honoursBitmap) return { answer: 'unreliable', flags: 2, young: [] };
    const cleared = this.#youngLeaves(start, end).filter(([page]) => selected?.(page) ?? true);
    for (const [, leaf] of cleared) leaf.young = false;
    return answerOf(cleared.map(([page]) => page));
  }

  clearFlush(start: number, end: number): ReferenceAnswer {
    const answer = this.clear(start, end, undefined);
    if (answer.answer === 'young' && this.#rules.clearFlushYoungFlushes) this.#flush();
    return answer;
  }

  takePagesBack(first: number, end: number): void {
    let zapped = false;
    for (let page = first; page < end; page++) {
      for (const gfn of this.#gfnsOf(page)) if (this.leaves.delete(gfn)) zapped = true;
      this.versions[page] = (this.versions[page] as number) + 1;
    }
    if (zapped) this.#flush();
  }

  zapAll(): void {
    this.leaves.clear();
    this.#flush();
  }

  pageOf(gfn: number): number {
    const slot = this.#spec.slots.find((candidate) => gfn >= candidate.gfn && gfn < candidate.gfn + candidate.pages);
    return slot === undefined ? -1 : gfn - slot.gfn + slot.page;
  }

  #versionOf(page: number): number {
    return (this.versions[page] as number) % VERSIONS;
  }

  #youngLeaves(start: number, end: number): [number, Leaf][] {
    const young: [number, Leaf][] = [];
    for (const [gfn, leaf] of this.leaves) {
      const page = this.pageOf(gfn);
      const touched = page * 4096 < end && (page + 1) * 4096 > start;
      if (touched && leaf.young) young.push([page, leaf]);
    }
    return young;
  }

  #gfnsOf(page: number): number[] {
    const has = (slot: MemslotSpec): boolean => page >= slot.page && page < slot.page + slot.pages;
    return this.#spec.slots.filter(has).map((slot) => page - slot.page + slot.gfn);
  }

  #flush(): void {
    this.#tlbs = Array.from({ length: this.#spec.vcpus }, () => new Map());
  }
}

function answerOf(young: readonly number[]): ReferenceAnswer {
  return young.length > 0 ? { answer: 'young', flags: 1, young } : { answer: 'old', flags: 0, young };
}
