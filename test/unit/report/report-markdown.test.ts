import { describe, expect, it } from 'vitest';
import { escapeMarkdown } from '../../../src/report/escape-markdown.ts';
import { reportMarkdown } from '../../../src/report/report-markdown.ts';
import { sampleCheck, violated } from '../../support/report/sample-check.ts';
import { sampleConform, sampleSaved } from '../../support/report/sample-saved.ts';
import { sampleStress } from '../../support/report/sample-stress.ts';
import { STRANGE, withStrangeNames } from '../../support/report/strange-names.ts';

describe('reportMarkdown', () => {
  const markdown = reportMarkdown(sampleSaved);

  it('has a section for each document, and what is wrong in front of them', () => {
    const heads = markdown.split('\n').filter((line) => line.startsWith('#'));
    expect(heads).toEqual([
      '# pte-aging',
      '## bench',
      '## stress',
      '## check, check.json',
      '## check, check.json',
      '## conform',
      '## stress --scenario',
      '## reclaim',
    ]);
    expect(markdown.indexOf('error: **access-lost**')).toBeLessThan(markdown.indexOf('## bench'));
  });

  it('has verdicts, ratios and tables', () => {
    for (const part of [
      '- **violated** lockless-7.3 + clear-untested, 3.0 s',
      'times as long under mmu-lock-6.1 as under lockless-7.3',
      '**disagrees**: 1 of 2 replays',
      '| VIOLATED | ',
      'the kernel crashes (null-dereference)',
    ]) {
      expect(markdown).toContain(part);
    }
  });

  it('has as many cells in each row of a table as in its head', () => {
    const strange = reportMarkdown([
      { file: STRANGE, kind: 'check', result: { ...sampleCheck, results: [withStrangeNames(violated)] } },
    ]);
    for (const table of `${markdown}\n\n${strange}`.split('\n\n').filter((block) => block.startsWith('|'))) {
      const widths = table
        .trimEnd()
        .split('\n')
        .map((row) => row.replaceAll('\\|', '').split('|').length);
      expect(new Set(widths).size).toBe(1);
    }
  });

  it('escapes everything that comes from outside', () => {
    const strange = reportMarkdown([
      { file: STRANGE, kind: 'check', result: { ...sampleCheck, results: [withStrangeNames(violated)] } },
      { file: STRANGE, kind: 'stress', result: { ...sampleStress, seed: STRANGE, findings: [] } },
    ]);
    expect(strange).not.toMatch(/<(?!\/?pre>)/);
    expect(strange).not.toMatch(/[^\\]`/);
    expect(strange).not.toMatch(/[^\P{Cc}\n]/u);
  });

  it('says so if nothing is wrong', () => {
    const result = { ...sampleConform, traces: sampleConform.traces.slice(0, 1) };
    expect(reportMarkdown([{ file: 'x', kind: 'conform', result }])).toContain('Nothing is wrong in these results.');
  });
});

describe('escapeMarkdown', () => {
  it('leaves nothing that Markdown or HTML would take for its own', () => {
    expect(escapeMarkdown('a|b`c`*d*_e_[f](g)<h>&@i#1\n- j\\')).toBe(
      'a\\|b\\`c\\`\\*d\\*\\_e\\_\\[f\\](g)&lt;h&gt;&amp;&#64;i\\#1 - j\\\\',
    );
  });
});
