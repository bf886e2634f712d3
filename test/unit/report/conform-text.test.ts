import { describe, expect, it } from 'vitest';
import type { Disagreement } from '../../../src/conform/trace-result.ts';
import { conformJunit } from '../../../src/report/conform-junit.ts';
import { conformText } from '../../../src/report/conform-text.ts';
import type { ConformedTrace, ConformResult } from '../../../src/run/conform-result.ts';

const young: Disagreement = {
  line: 12,
  op: 'testYoung',
  field: 'young',
  kernel: [
    [4096, 4100],
    [4104, 4105],
  ],
  model: [[4098, 4101]],
  context: ['access vcpu0 read gfn 4104: - -> 1:PWADM', 'testYoung gfn 4096..4112: young {…}'],
};
const spte: Disagreement = {
  ...young,
  op: 'access',
  field: 'spte',
  kernel: ['-', '1:PWADM'],
  model: ['-', '-'],
  context: [],
};
const skipped = { op: 'access', field: 'exits', why: 'timers cause exits', count: 1200, firstLine: 3 };

function trace(file: string, changes: Partial<ConformedTrace> = {}): ConformedTrace {
  const disagreements = changes.disagreements ?? [];
  return {
    file,
    variant: 'lockless-7.3',
    mutant: null,
    kernel: '7.3.4+deb13-amd64',
    mmu: 'tdp',
    scenario: 'basic',
    operations: 10,
    compared: 1000,
    agreements: 1000 - disagreements.length,
    disagreements,
    skipped: [],
    findings: [],
    ruleUses: {},
    ...changes,
  };
}

function result(traces: readonly ConformedTrace[], changes: Partial<ConformResult> = {}): ConformResult {
  const rules = [
    { rule: 'roundsOutward', value: true, operations: 3, traces: 1 },
    { rule: 'hasPrefault', value: true, operations: 0, traces: 0 },
  ];
  return {
    schema: 'pte-aging/conform@1',
    interrupted: false,
    files: traces.length,
    traces,
    rules: [{ variant: 'lockless-7.3', mutant: null, rules }],
    ...changes,
  };
}

function text(conformed: ConformResult, quiet = false): string {
  return conformText(conformed, { quiet, paint: (_, plain) => plain });
}

describe('conformText', () => {
  it('has a row for each kernel, MMU and variant, and one for all', () => {
    const old = { kernel: '6.1.0-56-amd64', mmu: 'legacy-noad', variant: 'mmu-lock-6.1' };
    const shown = text(result([trace('a'), trace('b', { disagreements: [spte] }), trace('c', old)]));
    expect(shown.split('\n').slice(0, 4)).toEqual([
      'kernel, MMU      variant       traces  disagree  operations  fields  agree  differ  skipped',
      '7.3 tdp          lockless-7.3       2         1          20   2,000  1,999       1        0',
      '6.1 legacy-noad  mmu-lock-6.1       1         0          10   1,000  1,000       0        0',
      'in all                              3         1          30   3,000  2,999       1        0',
    ]);
  });

  it('says what was not compared, how often, why, and where first', () => {
    expect(text(result([trace('a', { skipped: [skipped] }), trace('b', { skipped: [skipped] })]))).toContain(
      'not compared  times  because             first\naccess exits  2,400  timers cause exits  a:3\n',
    );
    expect(text(result([trace('a')]))).not.toContain('not compared');
  });

  it('names the rules that no operation asked', () => {
    expect(text(result([trace('a')]))).toMatch(/^lockless-7\.3 +1 of 2 {2}hasPrefault$/m);
  });

  it('says what the oracle found, and nothing of it with quiet', () => {
    const pages = [[3, 5]] as const;
    const lost = {
      line: 7,
      op: 'testYoung',
      property: 'access-lost',
      class: 'tolerated',
      reason: 'zapped',
      pages,
    } as const;
    const misreported = { ...lost, property: 'access-misreported', class: 'forbidden', reason: null } as const;
    const traces = [
      trace('a', { findings: [lost, misreported, { ...lost, line: 9 }] }),
      trace('b', { findings: [lost] }),
    ];
    expect(text(result(traces))).toContain(
      [
        'the oracle says  property            class      reason  operations  traces  first',
        'lockless-7.3     access-lost         tolerated  zapped           3       2  a:7',
        'lockless-7.3     access-misreported  forbidden  -                1       1  a:7',
      ].join('\n'),
    );
    expect(text(result(traces), true)).not.toContain('tolerated');
    expect(text(result(traces), true)).not.toContain('forbidden');
    expect(text(result(traces))).toContain('docs/findings.md');
  });

  it('tells the first disagreement of a trace: what came before, and all that differs in that line', () => {
    const disagreements = [young, { ...spte, field: 'ret', kernel: true, model: false }, { ...spte, line: 20 }];
    const shown = text(result([trace('a', { disagreements })]), true);
    expect(shown).toContain(
      [
        'a:12: disagreement 1 of 3 with lockless-7.3',
        '    access vcpu0 read gfn 4104: - -> 1:PWADM',
        '  > testYoung gfn 4096..4112: young {…}',
        '    young: kernel says {4096..4100, 4104}, model says {4098..4101} (only the kernel: {4096..4098, 4104}; only the model: {4100})',
        '    ret: kernel says true, model says false',
        '',
      ].join('\n'),
    );
    expect(shown).toMatch(/^lockless-7\.3 +testYoung young +1 +1$/m);
  });

  it('tells no more than five traces, and cuts long lists', () => {
    const map = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [4096 + i, '-']));
    const disagreements = [{ ...spte, op: 'sptes', field: 'map', kernel: map, model: {} }];
    const shown = text(result(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((file) => trace(file, { disagreements }))), true);
    expect(shown.match(/disagreement 1 of 1/g)).toHaveLength(5);
    expect(shown).toContain('… and 2 more traces disagree');
    expect(shown).toContain('4103 -, … 2 more}, model says {}');
  });

  it('ends in a verdict, which is all that is left of agreement with quiet', () => {
    expect(text(result([trace('a')]), true)).toBe('AGREES  1 of 1 replays, 1,000 fields compared\n');
    const wrong = result([trace('a', { disagreements: [spte] }), trace('b')], { interrupted: true });
    expect(text(wrong).split('\n').slice(-3)).toEqual([
      'interrupted: what is shown above is partial, of 2 traces',
      'DISAGREES  1 of 2 replays, 2,000 fields compared',
      '',
    ]);
    expect(text(result([], { interrupted: true }))).toMatch(/^interrupted/);
  });

  it('names the mutant', () => {
    const shown = text(result([trace('a', { mutant: 'round-inward', disagreements: [spte] })]));
    expect(shown).toContain('disagreement 1 of 1 with lockless-7.3 + round-inward');
  });
});

describe('conformJunit', () => {
  it('has a suite for each variant, a case for each trace, and failures that tell', () => {
    const disagreements = [young, ...Array.from({ length: 25 }, () => spte)];
    const xml = conformJunit(result([trace('a.jsonl'), trace('<b>.jsonl', { disagreements })]));
    expect(xml).toContain('<testsuite name="conform lockless-7.3" tests="2" failures="1" errors="0"');
    expect(xml).toContain('name="a.jsonl"');
    expect(xml).toContain('name="&lt;b>.jsonl"');
    expect(xml).toContain('26 of 1000 fields differ');
    expect(xml).toContain('line 12, access: spte: kernel says - -> 1:PWADM, model says - -> -');
    expect(xml).toContain('… 6 more');
  });

  it('says that a run was interrupted', () => {
    const xml = conformJunit(result([trace('a')], { interrupted: true }));
    expect(xml).toContain('errors="1"');
    expect(xml).toContain('interrupted');
  });
});
