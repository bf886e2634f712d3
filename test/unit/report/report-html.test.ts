import { describe, expect, it } from 'vitest';
import { reportHtml } from '../../../src/report/report-html.ts';
import type { SavedResult } from '../../../src/run/saved/saved-result.ts';
import { idsOf, steppersOf, unbalanced } from '../../support/report/html.ts';
import { sampleBench } from '../../support/report/sample-bench.ts';
import { sampleCheck } from '../../support/report/sample-check.ts';
import { sampleConform, sampleRace, sampleSaved } from '../../support/report/sample-saved.ts';
import { sampleStress } from '../../support/report/sample-stress.ts';
import { STRANGE, strangely } from '../../support/report/strange-names.ts';

/** The page without its style sheet and scripts. */
function bodyOf(html: string): string {
  return html.replaceAll(/<(style|script)[^>]*>[\s\S]*?<\/\1>/g, '');
}

function svgs(html: string): string[] {
  return [...html.matchAll(/<svg [^>]*role="img"[\s\S]*?<\/svg>/g)].map(([svg]) => svg);
}

describe('reportHtml', () => {
  const html = reportHtml(sampleSaved);

  it('loads nothing', () => {
    expect(html).toContain(`content="default-src 'none';`);
    expect(html).not.toMatch(/\b(src|href)="(?!#|data:,)/);
    expect(html).not.toMatch(/https?:|url\(|@import/);
    expect(html.match(/<script/g)).toHaveLength(2);
  });

  it('closes what it opens', () => {
    expect(unbalanced(html)).toEqual([]);
  });

  it('uses each id once, with two checks on a page, too, and links to ids that are there', () => {
    const ids = idsOf(html);
    expect(new Set(ids).size).toBe(ids.length);
    const links = [...html.matchAll(/href="#([^"]*)"/g)].map(([, id]) => id);
    expect(links.length).toBeGreaterThan(sampleSaved.length);
    expect(links.filter((id) => !ids.includes(id ?? ''))).toEqual([]);
    expect(steppersOf(html)).toHaveLength(
      2 * sampleCheck.results.flatMap(({ violations }) => violations.filter((v) => v.class === 'forbidden')).length,
    );
  });

  it('names each picture, and tells it in figures', () => {
    const pictures = svgs(html);
    expect(pictures.length).toBeGreaterThan(30);
    for (const svg of pictures) expect(svg).toMatch(/^<svg [^>]*aria-label="[^"]+"/);
    expect(html.match(/<figure>/g)).toHaveLength(pictures.length);
    expect(html.match(/<details class="figures"><summary>in figures<\/summary>/g)).toHaveLength(pictures.length);
  });

  it('has no colour of its own in pictures: each is a variable that the page defines, light and dark', () => {
    const styles = /<style>([\s\S]*?)<\/style>/.exec(html)?.[1] ?? '';
    for (const svg of svgs(html)) {
      expect(svg).not.toMatch(/(?:fill|stroke)="(?:#|rgb|white|black)/);
      expect(svg).not.toContain('NaN');
      for (const [, name] of svg.matchAll(/var\((--[a-z0-9-]+)\)/g)) {
        expect(styles.split(`${name}:`).length, name).toBe(3);
      }
    }
  });

  it('says what the terminal says', () => {
    const text = bodyOf(html);
    for (const part of [
      'What does the lock cost?',
      'published, under mmu_lock',
      'a different machine',
      'page age over time, mmu-lock-6.1',
      'not exercised',
      '748 of 749',
      'testYoung gfn 4096..4112',
      'kernel says',
      'outcome was seen that the explorer does not know',
      'the kernel crashes (null-dereference)',
      'the page looks old',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('escapes everything that comes from outside', () => {
    const bench = sampleBench();
    const named = <Item extends { readonly variant: string }>(items: readonly Item[]): Item[] =>
      items.map((item) => ({ ...item, variant: `${item.variant}${STRANGE}` }));
    const strange: readonly SavedResult[] = [
      {
        file: STRANGE,
        kind: 'bench',
        result: {
          ...bench,
          seed: STRANGE,
          warnings: [STRANGE],
          failures: [STRANGE],
          rows: named(bench.rows),
          curves: named(bench.curves),
          slowdowns: named(bench.slowdowns),
          timelines: named(bench.timelines).map((timeline) => ({
            ...timeline,
            threads: timeline.threads.map((thread) => ({ ...thread, name: STRANGE })),
          })),
          ratios: bench.ratios.map((one) => ({ ...one, variants: [STRANGE, STRANGE] })),
          config: { ...bench.config, mutant: STRANGE },
          host: { ...bench.host, cpu: STRANGE },
        },
      },
      {
        file: STRANGE,
        kind: 'stress',
        result: {
          ...sampleStress,
          seed: STRANGE,
          variants: named(sampleStress.variants).map((variant) => ({ ...variant, failures: [STRANGE] })),
          findings: sampleStress.findings.map((finding) => ({ ...finding, thread: STRANGE, detail: STRANGE })),
        },
      },
      {
        file: STRANGE,
        kind: 'conform',
        result: {
          ...sampleConform,
          traces: sampleConform.traces.map((trace) => ({
            ...(strangely(trace) as typeof trace),
            findings: trace.findings,
          })),
        },
      },
      {
        file: STRANGE,
        kind: 'race',
        result: { ...sampleRace, findings: [STRANGE], variants: named(sampleRace.variants) },
      },
    ];
    const page = reportHtml(strange);
    expect(page).toContain('&lt;b onclick');
    expect(unbalanced(page)).toEqual([]);
    expect(page).not.toContain('<b onclick');
    expect(page).not.toMatch(/[^\P{Cc}\n]/u);
    expect(page.match(/<\/script>/g)).toHaveLength(2);
  });

  it('is a page of results in which nothing was measured, too', () => {
    const bench = { ...sampleBench(), rows: [], ratios: [], slowdowns: [], overheads: [], curves: [], timelines: [] };
    const page = reportHtml([
      { file: 'a', kind: 'bench', result: { ...bench, interrupted: true } },
      { file: 'b', kind: 'stress', result: { ...sampleStress, variants: [], findings: [], interrupted: true } },
      { file: 'c', kind: 'conform', result: { ...sampleConform, traces: [], rules: [], interrupted: true } },
      { file: 'd', kind: 'check', result: { ...sampleCheck, results: [], interrupted: true } },
    ]);
    expect(unbalanced(page)).toEqual([]);
    expect(svgs(page)).toEqual([]);
    expect(page).toContain('No two variants were compared.');
  });
});
