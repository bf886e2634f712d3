import { describe, expect, it } from 'vitest';
import { explore } from '../../src/explore/explore.ts';
import type { Memory } from '../../src/shared/memory.ts';
import { accessRecord, beginOfAccess, endOfAccess } from '../../src/verify/access-record.ts';

/**
 * The oracle's recording and judging, step by step as `VcpuRecorder` and `AgingRecorder` do them, for one page under
 * every interleaving: of a protocol that loses nothing it must never say that it does.
 */

const words = { epoch: 1, on: 0, record: 0, accessed: 0 };
type Words = Record<keyof typeof words, number>;

const PAGE = 1;
const OTHER_PAGE = 2;
const CALLS = 3;

interface Broken {
  /** The vCPU looks at the epoch behind its access before it has made it. */
  readonly endBeforeLeaf?: boolean;
  /** The vCPU does not say where it is. */
  readonly silent?: boolean;
  /** The aging thread looks at the record before it looks who is where. */
  readonly recordFirst?: boolean;
  /** An access that ended in the call's own epoch counts as one that ended before. */
  readonly endsTooLate?: boolean;
  /** An access that began in the epoch of the last clear counts as one that began after. */
  readonly beginsTooEarly?: boolean;
  /** The protocol: aging clears Accessed also where it found it clear. */
  readonly clearUntested?: boolean;
  /** The protocol: aging says young of an old page. */
  readonly saysYoung?: boolean;
}

function access(m: Memory, w: Words, broken: Broken): void {
  if (!broken.silent) m.store(w.on, PAGE);
  const begin = m.load(w.epoch);
  const early = broken.endBeforeLeaf ? m.load(w.epoch) : 0;
  if (!m.testBits(w.accessed, 1)) m.setBits(w.accessed, 1);
  m.store(w.record, accessRecord(begin, broken.endBeforeLeaf ? early : m.load(w.epoch)));
}

function vcpu(broken: Broken) {
  return (m: Memory, w: Words): void => {
    access(m, w, broken);
    // Somewhere else in between, so that `on` moves on.
    if (!broken.silent) m.store(w.on, OTHER_PAGE);
    access(m, w, broken);
    if (!broken.silent) m.store(w.on, OTHER_PAGE);
  };
}

function aging(broken: Broken) {
  return (m: Memory, w: Words): string[] => {
    const findings: string[] = [];
    let epoch = 1;
    let lastClear = 0;
    for (let call = 0; call < CALLS; call++) {
      m.store(w.epoch, ++epoch);
      const front = epoch;
      const young = harvest(m, w, broken);
      m.store(w.epoch, ++epoch);
      if (young) {
        if (isMisreported(m, w, Math.max(1, lastClear), broken)) findings.push('misreported');
        lastClear = front;
      } else {
        if (isLost(m.load(w.record), front, lastClear, broken)) findings.push('lost');
      }
    }
    return findings;
  };
}

function harvest(m: Memory, w: Words, broken: Broken): boolean {
  if (broken.clearUntested) {
    const young = m.testBits(w.accessed, 1);
    m.clearBits(w.accessed, 1);
    return young;
  }
  return m.testAndClear(w.accessed, 1) || broken.saysYoung === true;
}

function isLost(record: number, front: number, lastClear: number, broken: Broken): boolean {
  const ended = endOfAccess(record) < front + (broken.endsTooLate ? 1 : 0);
  return ended && beginOfAccess(record) >= Math.max(1, lastClear + (broken.beginsTooEarly ? 0 : 1));
}

function isMisreported(m: Memory, w: Words, before: number, broken: Broken): boolean {
  if (broken.recordFirst) {
    const record = m.load(w.record);
    return m.load(w.on) !== PAGE && endOfAccess(record) < before;
  }
  if (endOfAccess(m.load(w.record)) >= before) return false;
  return m.load(w.on) !== PAGE && endOfAccess(m.load(w.record)) < before;
}

/** Everything that the oracle says in some interleaving. */
function said(broken: Broken): string[] {
  const result = explore({ words, threads: { vcpu: vcpu(broken), aging: aging(broken) } });
  expect(result.complete).toBe(true);
  return [...new Set(result.outcomes.flatMap(({ values }) => values.aging as string[]))].sort();
}

describe('The oracle, under every interleaving of two accesses and three clears,', () => {
  it('says nothing of a protocol that loses and invents nothing', () => {
    expect(said({})).toEqual([]);
  });

  it('finds an access that a clear without a test takes away', () => {
    expect(said({ clearUntested: true })).toContain('lost');
  });

  it('finds a page that is called young without an access', () => {
    expect(said({ saysYoung: true })).toContain('misreported');
  });

  it.each([
    ['a vCPU that looks at the epoch before its leaf step', { endBeforeLeaf: true }, 'lost'],
    ['an aging thread that counts accesses which ended in the epoch of its call', { endsTooLate: true }, 'lost'],
    ['an aging thread that counts accesses which began in the epoch of its clear', { beginsTooEarly: true }, 'lost'],
    ['a vCPU that does not say where it is', { silent: true }, 'misreported'],
    ['an aging thread that reads the record before `on`', { recordFirst: true }, 'misreported'],
  ] as const)('would invent findings with %s', (_, broken, finding) => {
    expect(said(broken)).toContain(finding);
  });
});
