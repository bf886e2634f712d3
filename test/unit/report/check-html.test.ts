import { Script } from 'node:vm';
import { describe, expect, it } from 'vitest';
import type { CheckedScenario } from '../../../src/check/check-result.ts';
import { checkHtml } from '../../../src/report/check-html.ts';
import { PAGE_SCRIPT } from '../../../src/report/html/page-script.ts';
import { steppersOf, unbalanced } from '../../support/report/html.ts';
import { longViolation } from '../../support/report/long-schedule.ts';
import { holding, lostAccess, sampleCheck, violated } from '../../support/report/sample-check.ts';
import { withStrangeNames } from '../../support/report/strange-names.ts';

function page(results: readonly CheckedScenario[]): string {
  return checkHtml({ ...sampleCheck, results });
}

describe('checkHtml', () => {
  const html = checkHtml(sampleCheck);

  it('loads nothing', () => {
    expect(html).toContain(`content="default-src 'none';`);
    expect(html).not.toMatch(/\b(src|href)="(?!#|data:,)/);
    expect(html).not.toMatch(/https?:|url\(|@import/);
  });

  it('closes what it opens', () => {
    expect(unbalanced(html)).toEqual([]);
  });

  it('has a script that is one', () => {
    expect(() => new Script(PAGE_SCRIPT)).not.toThrow();
    expect(PAGE_SCRIPT).not.toContain('innerHTML');
  });

  it('has a row for each result, linked to it', () => {
    sampleCheck.results.forEach((result, index) => {
      expect(html).toContain(`<a href="#result-${index}">${result.scenario}</a>`);
      expect(html).toContain(`id="result-${index}"`);
    });
    expect(html).toContain('NOT as expected: the scenario file says holds');
  });

  it('unfolds results with counterexamples', () => {
    const open = [...html.matchAll(/<details class="result" id="result-(\d)" open>/g)].map(([, index]) => index);
    expect(open).toEqual(['1', '2']);
  });

  it('tells what the terminal tells', () => {
    for (const text of [
      'the page looks old',
      'Minimal (proven): no schedule with fewer preemptions violates this.',
      'Point of no return: step 8 of vcpu0.',
      'is the same up to step 7; then mm goes before vcpu0:',
      `<code class="command">pte-aging replay ${lostAccess.replay}</code>`,
      'tolerated access-lost, page 1: zapped',
      '<td class="number">2,002</td>',
    ]) {
      expect(html).toContain(text);
    }
  });

  it('has every step in the column of its thread, and the passing schedule beside it', () => {
    expect(html.match(/<tr class="step[^"]*" data-step="7">/g)).toHaveLength(3);
    expect(html).toMatch(/data-step="7"><td class="index">8<\/td><td class="empty"><\/td><td class="lane lane-1"/);
    expect(html.match(/<tr class="no-return">/g)).toHaveLength(1);
    expect(html.match(/differs here/g)).toHaveLength(1);
  });

  it('carries each word with its bits, and what each step makes of it', () => {
    const [first] = steppersOf(html);
    expect(first?.common).toBe(7);
    expect(first?.words.map(({ name, changes }) => [name, changes])).toEqual([
      ['rcu.reader[mm]', true],
      ['spte[gfn 0]', true],
      ['tdpMmuRoots', false],
      ['table #1.invalid', false],
      ['spte[level 2, gfn 0]', false],
    ]);
    const bit = (set: boolean) => expect.arrayContaining([{ name: 'Accessed', set }]);
    expect(first?.words[1]?.initial).toEqual({ text: 'level 1 · version 0', bits: bit(false) });
    expect(first?.steps[7]).toMatchObject({ word: 1, after: { bits: bit(true) } });
  });

  it('leaves out nothing of a long schedule', () => {
    const long = page([{ ...violated, violations: [longViolation(100, 20)] }]);
    expect(long.match(/data-step="/g)).toHaveLength(2200);
    expect(steppersOf(long)[0]?.steps).toHaveLength(2200);
  });

  it('takes steps without a word', () => {
    const [step] = lostAccess.schedule;
    const choose = {
      ...(step as (typeof lostAccess.schedule)[number]),
      op: 'choose',
      word: '',
      before: null,
      after: null,
    };
    const [data] = steppersOf(
      page([{ ...violated, violations: [{ ...lostAccess, schedule: [choose], passing: null }] }]),
    );
    expect(data?.steps[0]?.word).toBe(-1);
  });

  it('escapes everything that comes from outside', () => {
    const strange = page([withStrangeNames(violated)]);
    expect(unbalanced(strange)).toEqual([]);
    expect(strange).not.toContain('<b onclick');
    expect(strange).not.toMatch(/[^\P{Cc}\n]/u);
    expect(strange.match(/<\/script>/g)).toHaveLength(2);
    expect(steppersOf(strange)[0]?.words[0]?.name).toContain('</script>]]><!-- <b');
  });

  it('is a page without results, too', () => {
    const empty = checkHtml({ ...sampleCheck, results: [], interrupted: true });
    expect(unbalanced(empty)).toEqual([]);
    expect(empty).toContain('No scenario was explored.');
    expect(empty).toContain('Interrupted');
    const bare = page([{ ...violated, outcomes: [], violations: [{ ...lostAccess, schedule: [], passing: null }] }]);
    expect(bare).not.toContain('data-stepper="');
    expect(unbalanced(page([{ ...holding, outcomes: [] }]))).toEqual([]);
  });
});
