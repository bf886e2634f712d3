import { describe, expect, it } from 'vitest';
import type { CheckedScenario } from '../../../src/check/check-result.ts';
import { checkMermaid } from '../../../src/report/check-mermaid.ts';
import { longViolation } from '../../support/report/long-schedule.ts';
import { holding, lostAccess, sampleCheck, tolerated, violated } from '../../support/report/sample-check.ts';
import { withStrangeNames } from '../../support/report/strange-names.ts';

function diagram(results: readonly CheckedScenario[]): string {
  return checkMermaid({ ...sampleCheck, results });
}

describe('checkMermaid', () => {
  it('has threads and the words that change, arrows to and from them, and notes', () => {
    const lines = diagram([holding, violated]).split('\n');
    expect(lines.slice(0, 5)).toEqual([
      'sequenceDiagram',
      '  actor t0 as mm',
      '  actor t1 as vcpu0',
      '  participant w0 as rcu.reader[mm]',
      '  participant w1 as spte[gfn 0]',
    ]);
    expect(lines).toContain('  Note over t0,w1: mm is preempted, vcpu0 runs');
    expect(lines).toContain('  Note over t0: clearYoung 0..1 begins');
    expect(lines).toContain('  t0->>t0: 2. read tdpMmuRoots: table #35;1');
    expect(lines).toContain('  w1-->>t1: 7. read spte[gfn 0]: 1:PWaDM version 0');
    expect(lines).toContain('  t1->>w1: 8. cmpxchg spte[gfn 0]: Accessed 0 -> 1');
    expect(lines).toContain('  Note over t1: page 0 was accessed');
    expect(lines).toContain('  Note over t0,w1: point of no return: from here on every schedule violates this');
    expect(lines.at(-3)).toMatch(/^ {2}Note over t0,w1: violated: page 0 was accessed by vcpu0 .*<br\/>/);
  });

  it('shows the first forbidden violation only', () => {
    const shown = diagram([{ ...violated, violations: [tolerated, lostAccess, { ...lostAccess, property: 'other' }] }]);
    expect(shown).toContain('access-lost, page 0');
    expect(shown).not.toContain('other');
  });

  it('is a Markdown file where there are several diagrams', () => {
    const shown = diagram([{ ...violated, scenario: 'a_b' }, violated]);
    expect(shown.match(/^```mermaid\nsequenceDiagram$/gm)).toHaveLength(2);
    expect(shown).toMatch(/^## a\\_b under lockless-7\.3 \+ clear-old: access-lost, page 0\n/);
  });

  it('says that there is nothing to see', () => {
    expect(diagram([holding])).toBe(
      'sequenceDiagram\n  participant checker\n  Note over checker: no forbidden violation\n',
    );
    expect(diagram([])).toContain('no scenario was explored');
    const empty = { ...lostAccess, schedule: [], pointOfNoReturn: null, passing: null };
    expect(diagram([{ ...violated, violations: [empty] }])).toContain('participant checker\n  Note over checker:');
  });

  it('escapes what Mermaid cannot take', () => {
    const shown = diagram([withStrangeNames(violated)]);
    for (const line of shown.split('\n')) {
      expect(line.replaceAll(/#\d+;|<br\/>/g, '')).toMatch(/^[^#;<%{}"`\\|$&]*$/);
    }
    expect(shown).toContain('end #35; #37;#37;#123;init#125;#37;#37;');
  });

  it('folds and cuts long schedules', () => {
    expect(diagram([{ ...violated, violations: [longViolation(5, 90)] }])).toContain('… 89 steps: reads word[1]');
    expect(diagram([{ ...violated, violations: [longViolation(400, 1)] }]).split('\n').length).toBeLessThan(90);
  });
});
