import {
  CHECK_SCHEMA,
  type CheckedScenario,
  type CheckResult,
  type CheckStep,
  type CheckViolation,
} from '../../../src/check/check-result.ts';
import { sampleStep } from './sample-steps.ts';

const CLEAR = 'clearYoung 0..1';
const TEST = 'testYoung 0..1';
const OLD = '1:PWaDM version 0';
const YOUNG = '1:PWADM version 0';
const TABLE = '2:PWAdm to table #2';

/** An aging walk from the root to the leaf of gfn 0. */
function agingWalk(operation: string, leaf: string, more: Partial<CheckStep> = {}): CheckStep[] {
  return [
    sampleStep('mm', operation, 'exchange', 'rcu.reader[mm]', ['idle', 'epoch 1']),
    sampleStep('mm', operation, 'load', 'tdpMmuRoots', 'table #1'),
    sampleStep('mm', operation, 'load', 'table #1.invalid', '0'),
    sampleStep('mm', operation, 'load', 'spte[level 2, gfn 0]', TABLE),
    sampleStep('mm', operation, 'peek', 'spte[gfn 0]', leaf, more),
  ];
}

function rcuUnlock(operation: string): CheckStep {
  return sampleStep('mm', operation, 'store', 'rcu.reader[mm]', ['epoch 1', 'idle']);
}

const hardwareWalk: readonly CheckStep[] = [
  sampleStep('vcpu0', 'read 0', 'load', 'spte[level 2, gfn 0]', TABLE, { switched: 'preempted' }),
  sampleStep('vcpu0', 'read 0', 'load', 'spte[gfn 0]', OLD),
];

const setAccessed = sampleStep('vcpu0', 'read 0', 'tryReplace', 'spte[gfn 0]', [OLD, YOUNG], {
  note: 'page 0 was accessed',
});

const beforeTheAccess = [...agingWalk(CLEAR, OLD, { note: 'page 0 was found old' }), ...hardwareWalk];

/** Clears Accessed of a page that it found old: an access in between is lost. */
export const lostAccess: CheckViolation = {
  property: 'access-lost',
  class: 'forbidden',
  reason: null,
  page: 0,
  message: 'page 0 was accessed by vcpu0 in step 8, and both clearYoung 0..1 and testYoung 0..1 answered old',
  preemptions: 1,
  provenMinimal: true,
  schedule: [
    ...beforeTheAccess,
    setAccessed,
    sampleStep('mm', CLEAR, 'clearBits', 'spte[gfn 0]', [YOUNG, OLD], { switched: 'finished' }),
    rcuUnlock(CLEAR),
    ...agingWalk(TEST, OLD, { note: 'page 0 was found old' }),
    rcuUnlock(TEST),
  ],
  pointOfNoReturn: 7,
  passing: [
    ...beforeTheAccess,
    sampleStep('mm', CLEAR, 'clearBits', 'spte[gfn 0]', OLD, { switched: 'preempted' }),
    rcuUnlock(CLEAR),
    { ...setAccessed, switched: 'preempted' },
    ...agingWalk(TEST, YOUNG, { note: 'page 0 was found young' }).map((step, index) =>
      index === 0 ? { ...step, switched: 'finished' as const } : step,
    ),
    rcuUnlock(TEST),
  ],
  replay: 'old-page-is-accessed.4f1c09.lockless-7.3.clear-old.5x3x',
};

export const tolerated: CheckViolation = {
  ...lostAccess,
  class: 'tolerated',
  reason: 'zapped',
  page: 1,
  message: 'page 1 was accessed and zapped',
  pointOfNoReturn: null,
  passing: null,
};

export const holding: CheckedScenario = {
  scenario: 'old-page-is-accessed',
  description: 'an access of a page that is old, while it is aged',
  file: null,
  variant: 'lockless-7.3',
  mutant: null,
  model: 'sc',
  verdict: 'holds',
  complete: true,
  cut: null,
  states: 1234,
  transitions: 2345,
  interleavings: '3003',
  deadlocks: 0,
  seconds: 0.31,
  outcomes: [
    { results: { mm: ['old', 'young {0}'], vcpu0: ['ok'] }, interleavings: '2002', minPreemptions: 0 },
    { results: { mm: ['young', 'old'], vcpu0: ['ok'] }, interleavings: '1001', minPreemptions: 0 },
  ],
  violations: [],
  expectation: 'met',
  expected: null,
  broken: null,
  setup: [],
};

export const violated: CheckedScenario = {
  ...holding,
  mutant: 'clear-old',
  verdict: 'violated',
  outcomes: [
    ...holding.outcomes,
    { results: { mm: ['old', 'old'], vcpu0: ['ok'] }, interleavings: '12', minPreemptions: 1 },
  ],
  violations: [lostAccess, tolerated],
};

/** Three threads: an invalidation waits for `mmu_lock`, and does not flush. */
export const staleMapping: CheckViolation = {
  property: 'use-after-invalidate',
  class: 'forbidden',
  reason: null,
  page: 1,
  message: 'vcpu1 wrote to version 0 of page 1, which the host took back in step 12',
  preemptions: 2,
  provenMinimal: false,
  schedule: [
    sampleStep('vcpu0', 'write 1', 'load', 'spte[level 2, gfn 0]', '-'),
    sampleStep('vcpu0', 'write 1', 'load', 'mmuInvalidateSeq', '0'),
    sampleStep('vcpu0', 'write 1', 'load', 'hostPte[1]', 'present writable version 0'),
    sampleStep('vcpu0', 'write 1', 'addAndTest', 'mmuLock.cnts', ['unlocked', '1 reader']),
    sampleStep('host', 'invalidate 1..2', 'add', 'mmuInvalidateInProgress', ['0', '1'], { switched: 'preempted' }),
    sampleStep('host', 'invalidate 1..2', 'tryReplace', 'mmuLock.cnts', '1 reader', { result: 0 }),
    sampleStep('host', 'invalidate 1..2', 'setBits', 'mmuLock.cnts', ['1 reader', '1 reader, writer waits']),
    sampleStep('vcpu0', 'write 1', 'tryReplace', 'spte[level 2, gfn 0]', ['-', TABLE], { switched: 'blocked' }),
    sampleStep('vcpu0', 'write 1', 'tryReplace', 'spte[gfn 1]', ['-', YOUNG], { note: 'page 1 was accessed' }),
    sampleStep('vcpu0', 'write 1', 'add', 'mmuLock.cnts', ['1 reader, writer waits', 'writer waits']),
    sampleStep('host', 'invalidate 1..2', 'awaitAdd', 'mmuLock.cnts', ['writer waits', 'writer'], {
      switched: 'finished',
    }),
    sampleStep('host', 'invalidate 1..2', 'store', 'mmuLock.cnts', ['writer', 'unlocked'], {
      note: 'the host took version 0 of page 1 back',
    }),
    sampleStep('vcpu1', 'write 1', 'load', 'spte[level 2, gfn 0]', TABLE, { switched: 'preempted' }),
    sampleStep('vcpu1', 'write 1', 'load', 'spte[gfn 1]', YOUNG, { note: 'page 1 was accessed' }),
  ],
  pointOfNoReturn: null,
  passing: null,
  replay: 'fault-and-invalidate.91ab27.lockless-7.3.no-zap.4x3x3x2',
};

/** A document with everything in it: for reports, and for looking at them. */
export const sampleCheck: CheckResult = {
  schema: CHECK_SCHEMA,
  seed: '2d711642b726b04401627ca9fbac32f5c8530fb1',
  interrupted: false,
  results: [
    holding,
    violated,
    {
      ...holding,
      scenario: 'fault-and-invalidate',
      description: 'a fault maps a page that is being taken back, and another vCPU writes to it',
      file: 'examples/scenarios/fault and invalidate.yaml',
      mutant: 'no-zap',
      verdict: 'violated',
      complete: false,
      cut: '1,000,000 states',
      states: 1_000_000,
      interleavings: null,
      seconds: 8.2,
      outcomes: [
        {
          results: { host: ['ok'], vcpu0: ['ok'], vcpu1: ['ok'] },
          interleavings: null,
          minPreemptions: null,
        },
      ],
      violations: [staleMapping],
      expectation: 'unmet',
      expected: 'holds',
    },
    {
      ...holding,
      scenario: 'two-vcpus-and-aging',
      variant: 'mmu-lock-6.1',
      description: '',
      interleavings: '123456789012345678901234567890',
      expectation: 'none',
    },
    {
      ...holding,
      scenario: 'zap-all-while-aging',
      variant: 'lockless-6.12',
      verdict: 'unknown',
      complete: false,
      cut: '10 s',
      interleavings: null,
      outcomes: [],
      expectation: 'none',
    },
  ],
};
