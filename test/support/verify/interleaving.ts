import { GhostEvent } from '../../../src/shared/ghost-event.ts';
import type { PropertyId, TolerationId } from '../../../src/shared/property.ts';
import { EPT } from '../../../src/shared/spte.ts';
import { AgingRecorder, OLD, YOUNG } from '../../../src/verify/aging-recorder.ts';
import { HostRecorder } from '../../../src/verify/host-recorder.ts';
import { createOracleWords } from '../../../src/verify/oracle-words.ts';
import { VcpuRecorder } from '../../../src/verify/vcpu-recorder.ts';
import { createArena, sharedWord, singleThreadMemory } from '../arena.ts';
import { makeWritableSpte } from '../mmu/writable-spte.ts';

export interface InterleavingOptions {
  readonly vcpus?: number;
  readonly zappers?: number;
  readonly tlb?: boolean;
  readonly rootZapsExcuse?: 'invalid-root' | 'zapped' | null;
  readonly tellsTeardowns?: boolean;
}

const PAGES = 4;
const TABLES = 8;

/** The oracle of a run, played by hand: every note comes when the test says so. */
export class Interleaving {
  readonly words: Int32Array;
  readonly aging: AgingRecorder;
  readonly rcuEpoch: number;
  readonly #stamps: number;
  readonly #vcpus: readonly VcpuRecorder[];
  readonly #hosts: readonly HostRecorder[];

  constructor({
    vcpus = 2,
    zappers = 1,
    tlb = true,
    rootZapsExcuse = 'invalid-root',
    tellsTeardowns = false,
  }: InterleavingOptions = {}) {
    const arena = createArena((layout) => ({
      oracle: createOracleWords(layout, { pages: PAGES, vcpus, zappers, tables: TABLES, tlb }),
      stamps: sharedWord(layout, 'stamps', TABLES + 1),
      rcuEpoch: sharedWord(layout, 'rcuEpoch'),
    }));
    const { oracle, stamps, rcuEpoch } = arena.parts;
    const { words } = singleThreadMemory(arena);
    this.words = words;
    this.#stamps = stamps;
    this.rcuEpoch = rcuEpoch;
    const ignored = { record: () => {} };
    const common = {
      words,
      oracle,
      mmuLockWait: ignored,
      now: () => 0,
      stampWord: (table: number) => stamps + table,
    };
    this.aging = new AgingRecorder({ ...common, rootZapsExcuse, rcuEpoch });
    this.#vcpus = Array.from({ length: vcpus }, (_, vcpu) => new VcpuRecorder({ ...common, vcpu, fault: ignored }));
    this.#hosts = Array.from(
      { length: zappers },
      (_, zapper) => new HostRecorder({ ...common, zapper, tellsTeardowns }),
    );
  }

  /** A vCPU's access up to just before its leaf step. */
  beginAccess(vcpu: number, page: number): void {
    this.#vcpu(vcpu).note(GhostEvent.accessBegin, page, 0);
  }

  /** What comes behind the leaf step, which went through a leaf with this version. */
  endAccess(vcpu: number, page: number, version = 0): void {
    this.#vcpu(vcpu).note(GhostEvent.accessEnd, page, spteOf(version));
  }

  access(vcpu: number, page: number, version = 0): void {
    this.beginAccess(vcpu, page);
    this.endAccess(vcpu, page, version);
  }

  hitTlb(vcpu: number, page: number, version = 0): void {
    this.#vcpu(vcpu).note(GhostEvent.tlbHit, page, spteOf(version));
  }

  /** A whole clearing call over one page that finds Accessed set, or not; `meanwhile` happens inside it. */
  clear(page: number, found: 'young' | 'old', meanwhile: () => void = () => {}): void {
    this.aging.beginCall();
    if (found === 'young') this.aging.note(GhostEvent.clearedYoung, page, spteOf(0));
    meanwhile();
    this.aging.endCall();
    this.aging.judgeClear(page, found === 'young' ? YOUNG : OLD);
  }

  /** The same for a test. */
  test(page: number, found: 'young' | 'old', meanwhile: () => void = () => {}): void {
    this.aging.beginCall();
    meanwhile();
    this.aging.endCall();
    this.aging.judgeTest(page, found === 'young' ? YOUNG : OLD);
  }

  beginZap(page: number, zapper = 0): void {
    this.#host(zapper).note(GhostEvent.zapBegin, page, 0);
  }

  /** The zap's step found a present entry, or one that was gone already. */
  endZap(page: number, found: 'present' | 'nonpresent' = 'present', zapper = 0): void {
    this.#host(zapper).note(GhostEvent.zapEnd, page, found === 'present' ? spteOf(0) : 0);
  }

  zap(page: number, found: 'present' | 'nonpresent' = 'present', zapper = 0): void {
    this.beginZap(page, zapper);
    this.endZap(page, found, zapper);
  }

  revoke(page: number, version: number): void {
    this.#host(0).note(GhostEvent.revoked, page, version);
  }

  beginRootInvalidation(): void {
    this.#host(0).note(GhostEvent.rootInvalidateBegin, -1, 0);
  }

  endRootInvalidation(): void {
    this.#host(0).note(GhostEvent.rootInvalidateEnd, -1, 0);
  }

  beginTeardown(): void {
    this.#host(0).note(GhostEvent.teardownBegin, -1, 0);
  }

  endTeardown(): void {
    this.#host(0).note(GhostEvent.teardownEnd, -1, 0);
  }

  /** Retires a table now; the stamp that its grace period waits for. */
  retire(table: number): void {
    this.words[this.rcuEpoch] = (this.words[this.rcuEpoch] as number) + 1;
    this.words[this.#stamps + table] = this.words[this.rcuEpoch] as number;
  }

  /** A vCPU's allocation takes the retired table back into the pool. */
  recycle(table: number): void {
    this.#vcpu(0).note(GhostEvent.tableRecycled, -1, table);
  }

  /** All violations that any thread has found. */
  get violations(): Partial<Record<PropertyId, number>> {
    return sum([this.aging, ...this.#vcpus, ...this.#hosts].map(({ findings }) => findings.violations));
  }

  get tolerated(): Partial<Record<TolerationId, number>> {
    return sum([this.aging, ...this.#vcpus, ...this.#hosts].map(({ findings }) => findings.tolerated));
  }

  /** What the findings say, in words. */
  get details(): readonly string[] {
    return [this.aging, ...this.#vcpus].flatMap(({ findings }) => findings.details.map(({ detail }) => detail));
  }

  #vcpu(vcpu: number): VcpuRecorder {
    return this.#vcpus[vcpu] as VcpuRecorder;
  }

  #host(zapper: number): HostRecorder {
    return this.#hosts[zapper] as HostRecorder;
  }
}

function spteOf(version: number): number {
  return makeWritableSpte(EPT, version, true);
}

function sum<Id extends string>(counts: readonly Partial<Record<Id, number>>[]): Partial<Record<Id, number>> {
  const total: Partial<Record<Id, number>> = {};
  for (const count of counts) {
    for (const [id, n] of Object.entries(count) as [Id, number][]) total[id] = (total[id] ?? 0) + n;
  }
  return total;
}
