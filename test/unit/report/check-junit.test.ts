import { describe, expect, it } from 'vitest';
import type { CheckedScenario, CheckResult } from '../../../src/check/check-result.ts';
import { checkJunit } from '../../../src/report/check-junit.ts';
import { holding, sampleCheck, violated } from '../../support/report/sample-check.ts';
import { withStrangeNames } from '../../support/report/strange-names.ts';

function xml(results: readonly CheckedScenario[], changes: Partial<CheckResult> = {}): string {
  return checkJunit({ ...sampleCheck, results, ...changes });
}

describe('checkJunit', () => {
  it('has a suite for each scenario, and a case for each variant', () => {
    const report = checkJunit(sampleCheck);
    expect(report).toContain('<testsuite name="check old-page-is-accessed" tests="2" failures="0" errors="0"');
    expect(report).toContain(
      '<testcase classname="check.old-page-is-accessed" name="lockless-7.3+clear-old" time="0.31"',
    );
    expect(report).toContain('<testsuite name="check fault-and-invalidate" tests="1" failures="1" errors="0"');
  });

  it('fails what was expected otherwise, with the counterexample', () => {
    const report = xml([{ ...violated, expectation: 'unmet', expected: 'holds' }]);
    expect(report).toContain(
      '<failure message="VIOLATED; access-lost; NOT as expected: the scenario file says holds" type="expectation">',
    );
    expect(report).toContain('cmpxchg spte[gfn 0]: Accessed 0 -> 1');
    expect(xml([{ ...holding, expectation: 'unmet', expected: 'violated' }])).toContain('failures="1"');
  });

  it('fails violations that nobody expected, and has an error where there is no verdict', () => {
    expect(xml([{ ...violated, expectation: 'none' }])).toContain('failures="1"');
    expect(xml([{ ...holding, expectation: 'none' }])).toContain('tests="1" failures="0" errors="0"');
    const unknown = xml([{ ...holding, verdict: 'unknown', complete: false, cut: '10 s', expectation: 'none' }]);
    expect(unknown).toContain('errors="1"');
    expect(unknown).toContain('UNKNOWN (10 s)');
  });

  it('keeps scenarios of the same name in different files apart', () => {
    expect(xml([holding, { ...holding, file: 'a.yaml' }]).match(/<testsuite /g)).toHaveLength(2);
  });

  it('says that the run was interrupted, and takes no results', () => {
    expect(xml([], { interrupted: true })).toContain('interrupted');
    expect(xml([])).toContain('<testsuites');
  });

  it('holds nothing that XML cannot', () => {
    const report = xml([{ ...withStrangeNames(violated), expectation: 'unmet' }]);
    expect(report).not.toMatch(/[^\P{Cc}\n]|[\p{Cs}\u202e]/u);
    expect(report.replaceAll(/<!\[CDATA\[[\s\S]*?\]\]>/g, '')).not.toContain('<b onclick');
  });
});
