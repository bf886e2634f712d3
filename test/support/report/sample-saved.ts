import { CONFORM_SCHEMA, type ConformedTrace, type ConformResult } from '../../../src/run/conform-result.ts';
import type { RaceDocument } from '../../../src/run/race-result.ts';
import { RECLAIM_SCHEMA, type ReclaimResult } from '../../../src/run/reclaim-result.ts';
import type { SavedResult } from '../../../src/run/saved/saved-result.ts';
import { sampleBench } from './sample-bench.ts';
import { sampleCheck } from './sample-check.ts';
import { sampleStress } from './sample-stress.ts';

const agreeing: ConformedTrace = {
  file: 'traces/basic.jsonl.gz',
  variant: 'lockless-7.3',
  mutant: null,
  kernel: '7.3.4+deb13-amd64',
  mmu: 'tdp',
  scenario: 'basic',
  operations: 10,
  compared: 749,
  agreements: 749,
  disagreements: [],
  skipped: [{ op: 'access', field: 'exits', why: 'timers cause exits', count: 12, firstLine: 3 }],
  findings: [
    { line: 4, op: 'clearYoung', property: 'access-lost', class: 'tolerated', reason: 'zapped', pages: [[1, 2]] },
  ],
  ruleUses: { roundsOutward: 3 },
};

const disagreeing: ConformedTrace = {
  ...agreeing,
  file: 'traces/huge.jsonl.gz',
  mmu: 'legacy',
  scenario: 'huge',
  agreements: 748,
  disagreements: [
    {
      line: 12,
      op: 'testYoung',
      field: 'young',
      kernel: [[4096, 4100]],
      model: [[4098, 4101]],
      context: ['access vcpu0 read gfn 4104: - -> 1:PWADM', 'testYoung gfn 4096..4112: young {…}'],
    },
  ],
};

export const sampleConform: ConformResult = {
  schema: CONFORM_SCHEMA,
  interrupted: false,
  files: 2,
  traces: [agreeing, disagreeing],
  rules: [
    {
      variant: 'lockless-7.3',
      mutant: null,
      rules: [
        { rule: 'roundsOutward', value: true, operations: 3, traces: 1 },
        { rule: 'hasPrefault', value: true, operations: 0, traces: 0 },
      ],
    },
  ],
};

export const sampleRace: RaceDocument = {
  schema: 'pte-aging/stress@1',
  seed: '1',
  interrupted: false,
  host: sampleStress.host,
  config: { scenario: 'race.yaml', repeat: 100 },
  variants: [
    {
      variant: 'lockless-7.3',
      mutant: null,
      verdict: 'violated',
      rounds: 100,
      outcomes: [
        { results: { mm: ['old'], vcpu0: ['read'] }, interleavings: '65', minPreemptions: 0, seen: 97 },
        { results: { mm: ['young'], vcpu0: ['read'] }, interleavings: null, minPreemptions: null, seen: 0 },
      ],
      unexplained: [{ results: { mm: ['neither'] }, seen: 3 }],
      explored: { scenario: 'access-clear', verdict: 'holds', complete: true, states: 65 },
    },
  ],
  findings: ['an outcome was seen that the explorer does not know'],
};

const figures = { accesses: 100, evictions: 40, hotEvictions: 5, refaults: { hot: 4, cold: 9 }, hotResident: 0.9 };
const mglru = { ...figures, agingPasses: 12, checked: 50, kept: 10 };

export const sampleReclaim: ReclaimResult = {
  schema: RECLAIM_SCHEMA,
  seed: '5',
  interrupted: false,
  config: {
    seed: '5',
    pages: 128,
    hot: 0.2,
    hotAccesses: 0.9,
    limit: 64,
    rounds: 4,
    accesses: 128,
    writes: 0.3,
    hotPages: 26,
  },
  rows: [
    {
      variant: 'lockless-7.3',
      mutant: null,
      guest: 'l1',
      figures: { ...mglru, agingCalls: 20, misreported: 0, staleYoung: 1, hotEvictionsOfL2: 0 },
      end: null,
    },
    {
      variant: 'v3',
      mutant: null,
      guest: 'l2',
      figures: null,
      end: { cause: 'null-dereference', page: 3, round: 2, access: 17, message: 'reads through a NULL pointer' },
    },
  ],
  comparison: { exactLru: figures, asksNobody: mglru },
};

/** One of each kind, and a second check: ids must not repeat. */
export const sampleSaved: readonly SavedResult[] = [
  { file: 'bench.json', kind: 'bench', result: sampleBench() },
  { file: 'stress.json', kind: 'stress', result: sampleStress },
  { file: 'check.json', kind: 'check', result: sampleCheck },
  { file: 'more/check.json', kind: 'check', result: sampleCheck },
  { file: 'conform.json', kind: 'conform', result: sampleConform },
  { file: 'race.json', kind: 'race', result: sampleRace },
  { file: 'reclaim.json', kind: 'reclaim', result: sampleReclaim },
];
