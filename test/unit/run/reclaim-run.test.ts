import { describe, expect, it } from 'vitest';
import { noReports } from '../../../src/reclaim/access-reports.ts';
import { Guest } from '../../../src/reclaim/guest.ts';
import { MglruReclaimer } from '../../../src/reclaim/mglru-reclaimer.ts';
import { completeReclaimConfig, type ReclaimSettings } from '../../../src/reclaim/reclaim-config.ts';
import { ReclaimSimulation } from '../../../src/reclaim/reclaim-simulation.ts';
import type { ReclaimResult, ReclaimRow } from '../../../src/run/reclaim-result.ts';
import { type ReclaimOptions, reclaim } from '../../../src/run/reclaim-run.ts';
import { InputError } from '../../../src/shared/input-error.ts';
import { variantNamed } from '../../../src/variants/named-rules.ts';
import { variants } from '../../../src/variants/variants.ts';

const config = { seed: '1', pages: 512, rounds: 16 };
/** Released kernels: where one thing happens after another, they misreport nothing. */
const kernels = ['mmu-lock-6.1', 'mmu-lock-6.12', 'lockless-7.3'];

function reclaimKernels(settings: Partial<ReclaimSettings> = {}): Promise<ReclaimResult> {
  return reclaim({ variants: kernels, config: { ...config, ...settings } });
}

function rowOf(result: ReclaimResult, variant: string, nested: boolean): ReclaimRow {
  const row = result.rows.find((candidate) => candidate.variant === variant && candidate.nested === nested);
  if (row === undefined) throw new Error(`no row of ${variant}`);
  return row;
}

/** The figures of MGLRU on a guest that accesses memory as ever, while each call says "old". */
function toldOld(settings: ReclaimSettings) {
  const complete = completeReclaimConfig(settings);
  const guest = new Guest(variantNamed('lockless').rules, complete.pages, false);
  const reclaimer = new MglruReclaimer(complete.pages, noReports);
  const simulation = new ReclaimSimulation(complete, reclaimer, guest);
  for (let round = 0; round < complete.rounds; round++) simulation.runRound();
  return { ...simulation.figures(), ...reclaimer.work(), misreported: guest.misreported };
}

describe('reclaim', () => {
  it('has a row for each variant with and without nested virtualization, in order', async () => {
    const result = await reclaimKernels();
    expect(result).toMatchObject({ schema: 'pte-aging/reclaim@1', seed: '1', interrupted: false });
    expect(result.config).toMatchObject({ ...config, limit: 256, accesses: 512, hotPages: 102 });
    expect(result.rows.map(({ variant, nested }) => [variant, nested])).toEqual(
      kernels.flatMap((variant) => [false, true].map((nested) => [variant, nested])),
    );
  });

  it('takes all variants, or those asked for by any name, with one kind of guest if so told', async () => {
    const rows = async (options: Omit<ReclaimOptions, 'config'>) =>
      (await reclaim({ ...options, config: { ...config, rounds: 1 } })).rows.map(({ variant, nested }) => [
        variant,
        nested,
      ]);
    expect(await rows({ nested: false })).toEqual(variants.map(({ name }) => [name, false]));
    expect(await rows({ variants: ['lockless'], nested: true })).toEqual([['lockless-7.3', true]]);
  });

  it('is the same for the same seed, and another for another', async () => {
    expect(JSON.stringify(await reclaimKernels())).toBe(JSON.stringify(await reclaimKernels()));
    const [one, other] = [await reclaimKernels(), await reclaimKernels({ seed: '2' })];
    expect(rowOf(one, 'lockless-7.3', false).figures).not.toEqual(rowOf(other, 'lockless-7.3', false).figures);
  });

  it.each(['1', '2', '3'])(
    'never counts more refaults than evictions, of hot pages and of all (seed %s)',
    async (seed) => {
      const { rows, comparison } = await reclaimKernels({ seed });
      const all = [...rows.map(({ figures }) => figures), comparison?.exactLru, comparison?.asksNobody];
      for (const figures of all) {
        expect(figures?.accesses).toBe(16 * 512);
        const { evictions = 0, hotEvictions = 0, refaults = { hot: 0, cold: 0 } } = figures ?? {};
        expect(evictions).toBeGreaterThan(0);
        expect(refaults.hot).toBeLessThanOrEqual(hotEvictions);
        expect(refaults.cold).toBeLessThanOrEqual(evictions - hotEvictions);
      }
    },
  );

  it.each(['1', '2', '3'])(
    'loses hot pages if it is told "old" of everything, and fewer under any kernel (seed %s)',
    async (seed) => {
      const deaf = toldOld({ ...config, seed });
      expect(deaf.hotEvictions).toBeGreaterThan(0);
      expect(deaf.misreported).toBeGreaterThan(0);
      const { rows, comparison } = await reclaimKernels({ seed });
      for (const { variant, figures } of rows) {
        expect([variant, figures.misreported]).toEqual([variant, 0]);
        expect(figures.hotEvictions).toBeLessThan(deaf.hotEvictions);
        expect(figures.refaults.hot).toBeLessThan(deaf.refaults.hot);
      }
      // Whether there is a guest makes no difference to who asks nobody.
      const { misreported, ...figures } = deaf;
      expect(comparison?.asksNobody).toEqual(figures);
      expect(comparison?.exactLru.hotEvictions).toBeLessThan(deaf.hotEvictions);
    },
  );

  it('sees through nested guests as well as through others, and by whichever lock', async () => {
    const result = await reclaimKernels();
    for (const variant of kernels) {
      expect(rowOf(result, variant, true).figures).toEqual(rowOf(result, variant, false).figures);
    }
    expect(rowOf(result, 'mmu-lock-6.12', false).figures).toEqual(rowOf(result, 'lockless-7.3', false).figures);
  });

  it('asks KVM about what it would evict only, under the rules of Linux 6.1', async () => {
    const result = await reclaimKernels();
    const old = rowOf(result, 'mmu-lock-6.1', false).figures;
    const later = rowOf(result, 'mmu-lock-6.12', false).figures;
    expect(old.agingCalls).toBe(old.checked);
    expect(later.agingCalls).toBeGreaterThanOrEqual(later.checked + later.agingPasses * 512);
    expect(old.kept / old.checked).toBeGreaterThan(later.kept / later.checked);
  });

  it('evicts nothing where everything fits', async () => {
    const { rows, comparison } = await reclaimKernels({ limit: 512 });
    const nothing = { evictions: 0, hotEvictions: 0, refaults: { hot: 0, cold: 0 }, hotResident: 1 };
    for (const { figures } of rows) expect(figures).toMatchObject({ ...nothing, checked: 0, agingCalls: 0 });
    expect(comparison).toMatchObject({ exactLru: nothing, asksNobody: nothing });
  });

  it('works where a single page fits', async () => {
    const { rows } = await reclaimKernels({ pages: 2, hot: 0.5, limit: 1, hotAccesses: 0.5 });
    for (const { figures } of rows) {
      expect(figures.evictions).toBeGreaterThan(0);
      expect(figures.evictions - figures.refaults.hot - figures.refaults.cold).toBe(1);
    }
  });

  it('stops when it is told to, and says so', async () => {
    const controller = new AbortController();
    const stopped = await reclaim({ config, signal: controller.signal, onStart: () => controller.abort() });
    expect(stopped).toMatchObject({ interrupted: true, rows: [], comparison: null });
  });

  it.each([
    [{ pages: 1 }, '--pages: 1; accepted: whole numbers 2 … 65536'],
    [{ pages: 2.5 }, '--pages: 2.5; accepted: whole numbers 2 … 65536'],
    [{ limit: 513 }, '--limit: 513; accepted: whole numbers 1 … 512'],
    [{ rounds: 0 }, '--rounds: 0; accepted: whole numbers 1 … 65536'],
    [{ accesses: 0 }, '--accesses: 0; accepted: whole numbers 1 … 1048576'],
    [{ hotAccesses: Number.NaN }, '--hot-accesses: NaN; accepted: numbers 0 … 1'],
    [{ writes: -1 }, '--writes: -1; accepted: numbers 0 … 1'],
    [{ hot: 0 }, '--hot: 0 of 512 pages would be hot; accepted: fractions that leave hot and cold pages'],
    [{ hot: 1 }, '--hot: 512 of 512 pages would be hot; accepted: fractions that leave hot and cold pages'],
    [{ seed: 'abc' }, 'seed abc: accepted: a decimal number, 0x and hex digits, or a 40-digit commit id'],
  ])('refuses %j', async (settings, message) => {
    let started = false;
    const onStart = (): void => {
      started = true;
    };
    await expect(reclaim({ config: { ...config, ...settings }, onStart })).rejects.toThrow(new InputError(message));
    expect(started).toBe(false);
  });
});
