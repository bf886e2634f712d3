import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium, skipReason } from '../support/browser/chromium.ts';
import {
  OPEN_ALL,
  SCROLL_WIDTH,
  SMALLEST_TEXT,
  TEXTS_OUTSIDE,
  TEXTS_OVERLAPPING,
  UNDEFINED_COLORS,
  WIDER_THAN_WINDOW,
} from '../support/browser/page-checks.ts';
import { runCli } from '../support/cli/run-cli.ts';
import { sampleBench } from '../support/report/sample-bench.ts';

const WIDTHS = [400, 800, 1600];
const SCHEMES = ['light', 'dark'] as const;
/** Letters smaller than this are no use to anybody. */
const LEAST_FONT_PX = 9;

const LINE_COLOR = `getComputedStyle(document.querySelector('svg[role=img] [stroke="var(--series-0)"]')).stroke`;

const TRACES = ['k6.1-tdp-probe-flush.jsonl.gz', 'k7.3-tdp-probe-collapse-first-young.jsonl.gz'].map((name) =>
  fileURLToPath(new URL(`../../examples/kernel-traces/${name}`, import.meta.url)),
);

const RACE = `schema: pte-aging/scenario@1
name: access-clear
memslots:
  - { id: 0, gfn: 0, hva: 0, pages: 1 }
setup:
  - vcpu0: read 0
  - mm: clearYoung 0..1
threads:
  mm: [clearYoung 0..1, clearYoung 0..1]
  vcpu0: [read 0]
`;

if (skipReason !== null) process.stderr.write(`skipped: ${skipReason}\n`);

describe.skipIf(skipReason !== null)('a report in a browser', () => {
  let folder: string;
  let browser: Browser;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pte-aging-'));
    writeFileSync(join(folder, 'race.yaml'), RACE);
    writeFileSync(join(folder, 'bench.json'), JSON.stringify(sampleBench()));
    const results: readonly (readonly [args: readonly string[], code: number])[] = [
      [['stress', '--pages=64', '--duration=300ms', '--seed=1', '--json=stress.json'], 0],
      [['check', 'race.yaml', '--variant=lockless', '--mutant=clear-untested', '--json=check.json'], 1],
      [['conform', ...TRACES, '--json=conform.json'], 0],
      [['report', 'bench.json', 'stress.json', 'check.json', 'conform.json', '--html=report.html', '--quiet'], 0],
    ];
    for (const [args, code] of results) {
      const said = await runCli(args, { cwd: folder });
      if (said.code !== code) throw new Error(`pte-aging ${args.join(' ')}: ${said.code}\n${said.stderr}`);
    }
    browser = await launchChromium();
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The page, and what it complained about and asked for until it is closed. */
  async function open(width: number, colorScheme: 'light' | 'dark'): Promise<{ page: Page; noise: string[] }> {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    const noise: string[] = [];
    const url = pathToFileURL(join(folder, 'report.html')).href;
    page.on('console', (message) => noise.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => noise.push(`error: ${error.message}`));
    page.on('request', (request) => {
      if (request.url() !== url && request.url() !== 'data:,') noise.push(`request: ${request.url()}`);
    });
    await page.goto(url);
    return { page, noise };
  }

  const views = WIDTHS.flatMap((width) => SCHEMES.map((scheme) => [width, scheme] as const));

  it.each(views)(
    'at a width of %i, %s, neither overflows nor complains nor asks for anything',
    async (width, scheme) => {
      const { page, noise } = await open(width, scheme);
      for (const unfold of ['', OPEN_ALL]) {
        await page.evaluate(unfold);
        expect(await page.evaluate(SCROLL_WIDTH)).toBeLessThanOrEqual(width);
        expect(await page.evaluate(WIDER_THAN_WINDOW)).toEqual([]);
        expect(await page.evaluate(TEXTS_OUTSIDE)).toEqual([]);
        expect(await page.evaluate(TEXTS_OVERLAPPING)).toEqual([]);
        expect(await page.evaluate(SMALLEST_TEXT)).toBeGreaterThanOrEqual(LEAST_FONT_PX);
        expect(await page.evaluate(UNDEFINED_COLORS)).toEqual([]);
      }
      expect(noise).toEqual([]);
      await page.close();
    },
  );

  it('has other colours in the dark', async () => {
    const colors = await Promise.all(
      SCHEMES.map(async (scheme) => {
        const { page } = await open(800, scheme);
        const color = await page.evaluate(LINE_COLOR);
        const background = await page.evaluate('getComputedStyle(document.body).backgroundColor');
        await page.close();
        return [color, background];
      }),
    );
    expect(colors[0]).not.toEqual(colors[1]);
    expect(new Set(colors.flat()).size).toBe(4);
  });

  it('steps through a counterexample with the keyboard, and shows memory at each step', async () => {
    const { page, noise } = await open(1600, 'light');
    const stepper = page.locator('.stepper').first();
    await stepper.scrollIntoViewIfNeeded();
    await stepper.focus();
    const seen = async () => [
      await stepper.locator('.position').textContent(),
      await stepper.locator('.memory').textContent(),
    ];
    const [first, memory] = await seen();
    expect(first).toMatch(/^before step 1 of \d+$/);

    await page.keyboard.press('ArrowRight');
    expect((await seen())[0]).toMatch(/^after step 1 of/);
    await page.keyboard.press('End');
    const [last, memoryAtEnd] = await seen();
    const steps = Number(/of (\d+)/.exec(last ?? '')?.[1]);
    expect(last).toBe(`after step ${steps} of ${steps}`);
    expect(memoryAtEnd).not.toBe(memory);
    await page.keyboard.press('ArrowLeft');
    expect((await seen())[0]).toBe(`after step ${steps - 1} of ${steps}`);
    await page.keyboard.press('Home');
    expect(await seen()).toEqual([first, memory]);

    const memories = new Set<string | null | undefined>();
    for (let step = 0; step < steps; step++) {
      await page.keyboard.press('ArrowRight');
      memories.add((await seen())[1]);
    }
    expect(memories.size).toBe(steps);
    expect(noise).toEqual([]);
    await page.close();
  });

  it('leaves the keyboard to a picture that scrolls', async () => {
    const { page } = await open(400, 'light');
    const box = page.locator('.picture.wide').first();
    await box.focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => page.evaluate('document.activeElement.scrollLeft')).toBeGreaterThan(0);
    await page.close();
  });
});
