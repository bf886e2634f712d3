import type { LayoutBuilder } from '../shared/layout.ts';
import type { Word } from '../shared/memory.ts';

/**
 * The oracle's own words. None of them is a counter that several threads write: the oracle must not order what it is
 * meant to observe. Each has one writer; ARCHITECTURE.md has the argument why their findings are real.
 */
export interface OracleWords {
  /** Advanced by the aging thread only, in front of and behind every call. */
  readonly epoch: Word;
  /** One word a vCPU, `ON_STRIDE` apart: 1 + the page that it is at. */
  readonly on: Word;
  /** Two words a page and vCPU: the epochs in front of and behind its last access, `OPEN` while it runs. */
  readonly accesses: Word;
  /** One word a page and vCPU: epoch of its last access through the TLB. */
  readonly tlbHits: Word;
  /** How many of them: none without TLBs. */
  readonly tlbHitCount: number;
  /** One word a page: 1 + the version last revoked, 0 = none. */
  readonly revoked: Word;
  /** One word a page and zapping thread: epoch behind its last zap, `OPEN` while it runs. */
  readonly zaps: Word;
  /** One word a zapping thread: the same for the last invalidation of all roots. */
  readonly rootZaps: Word;
  /** One word a table: RCU stamp with which it was last recycled. */
  readonly recycled: Word;
  readonly pages: number;
  readonly vcpus: number;
  readonly zappers: number;
}

/** Stands for an epoch while an access or a zap runs. */
export const OPEN = -1;
export const ON_STRIDE = 16;
export const FIRST_EPOCH = 1;

export interface OracleConfig {
  readonly pages: number;
  readonly vcpus: number;
  /** Threads that zap. */
  readonly zappers: number;
  /** Largest table id. */
  readonly tables: number;
  readonly tlb: boolean;
}

export function createOracleWords(layout: LayoutBuilder, config: OracleConfig): OracleWords {
  const { pages, vcpus, zappers } = config;
  const region = (name: string, count: number, meaning: string, wordName?: (index: number) => string): Word =>
    layout.region({
      name: `oracle.${name}`,
      count,
      wordClass: 'shared',
      meaning,
      padded: true,
      ...(wordName === undefined ? {} : { wordName: (index) => `oracle.${wordName(index)}` }),
    });
  const perPage = (what: string, who: string) => (index: number) =>
    `${what}[${who}${Math.floor(index / pages)}][page ${index % pages}]`;
  const tlbHitCount = config.tlb ? vcpus * pages : 0;
  return Object.freeze({
    epoch: region('epoch', 1, 'advanced by the aging thread around each call'),
    on: region('on', vcpus * ON_STRIDE, '1 + the page that each vCPU is at', (index) => `on[vcpu${index / ON_STRIDE}]`),
    accesses: region(
      'access',
      vcpus * pages * 2,
      'epochs around the last access by a walk',
      (index) =>
        `${index % 2 === 0 ? 'from' : 'to'}[vcpu${Math.floor(index / 2 / pages)}][page ${(index >> 1) % pages}]`,
    ),
    tlbHits: region('tlbHit', tlbHitCount, 'epoch of the last TLB hit', perPage('tlbHit', 'vcpu')),
    tlbHitCount,
    revoked: region('revoked', pages, '1 + version that the host took back last'),
    zaps: region('zap', zappers * pages, 'epoch behind the last zap', perPage('zap', 'zapper')),
    rootZaps: region('rootZap', zappers, 'epoch behind the last invalidation of all roots'),
    recycled: region('recycled', config.tables + 1, 'RCU stamp with which the table was last recycled'),
    pages,
    vcpus,
    zappers,
  });
}
