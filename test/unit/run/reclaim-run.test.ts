import { describe, expect, it } from 'vitest';
import { noReports } from '../../../src/reclaim/access-reports.ts';
import { Guest } from '../../../src/reclaim/guest.ts';
import { type GuestKind, guestKinds } from '../../../src/reclaim/guest-kind.ts';
import { MglruReclaimer } from '../../../src/reclaim/mglru-reclaimer.ts';
import { completeReclaimConfig, type ReclaimSettings } from '../../../src/reclaim/reclaim-config.ts';
import type { GuestFigures } from '../../../src/reclaim/reclaim-figures.ts';
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

function figuresOf(row: ReclaimRow | undefined): GuestFigures {
  if (row?.figures === undefined || row.figures === null) throw new Error(`no figures: ${row?.end?.message}`);
  return row.figures;
}

function figuresIn(result: ReclaimResult, variant: string, guest: GuestKind): GuestFigures {
  return figuresOf(result.rows.find((row) => row.variant === variant && row.guest === guest));
}

/** The figures of MGLRU on a guest that accesses memory as ever, while each call says "old". */
function toldOld(settings: ReclaimSettings) {
  const complete = completeReclaimConfig(settings);
  const guest = new Guest(variantNamed('lockless').rules, complete.pages, 'l1');
  const reclaimer = new MglruReclaimer(complete.pages, noReports);
  const simulation = new ReclaimSimulation(complete, reclaimer, guest);
  for (let round = 0; round < complete.rounds; round++) simulation.runRound();
  return { ...simulation.figures(), ...reclaimer.work(), misreported: guest.misreported };
}

describe('reclaim', () => {
  it('has a row for each variant and guest, in order', async () => {
    const result = await reclaimKernels();
    expect(result).toMatchObject({ schema: 'pte-aging/reclaim@1', seed: '1', interrupted: false });
    expect(result.config).toMatchObject({ ...config, limit: 256, accesses: 512, hotPages: 102 });
    expect(result.rows.map(({ variant, mutant, guest }) => [variant, mutant, guest])).toEqual(
      kernels.flatMap((variant) => guestKinds.map((guest) => [variant, null, guest])),
    );
  });

  it('takes all variants, or those asked for by any name, with the guests that it is told', async () => {
    const rows = async (options: Omit<ReclaimOptions, 'config'>) =>
      (await reclaim({ ...options, config: { ...config, rounds: 1 } })).rows.map(({ variant, guest }) => [
        variant,
        guest,
      ]);
    expect(await rows({ guests: ['l1'] })).toEqual(variants.map(({ name }) => [name, 'l1']));
    expect(await rows({ variants: ['lockless'], guests: ['l2', 'l1'] })).toEqual([
      ['lockless-7.3', 'l2'],
      ['lockless-7.3', 'l1'],
    ]);
  });

  it('leaves nested guests out on arm64, unless it is asked for them', async () => {
    const guestsOfArm64 = async (options: Omit<ReclaimOptions, 'config'>) =>
      (await reclaim({ ...options, config: { ...config, rounds: 1 } })).rows
        .filter(({ variant }) => variant === 'v3-arm64')
        .map(({ guest }) => guest);
    expect(await guestsOfArm64({})).toEqual(['l1']);
    expect(await guestsOfArm64({ variants: ['v3-arm64', 'v3'] })).toEqual(['l1']);
    expect(await guestsOfArm64({ guests: ['l2'] })).toEqual([]);
    const refusal = (variant: string): InputError =>
      new InputError(
        `guest mixed: accepted: l1; ${variant} ages as arm64 does, which is modelled without shadow pages`,
      );
    await expect(guestsOfArm64({ variants: ['v3', 'v3-arm64'], guests: ['l1', 'mixed'] })).rejects.toThrow(
      refusal('v3-arm64'),
    );
    await expect(guestsOfArm64({ guests: ['mixed'], mutant: 'fastPass=read-lock' })).rejects.toThrow(
      refusal('mmu-lock-6.1'),
    );
  });

  it('is the same for the same seed, and another for another', async () => {
    expect(JSON.stringify(await reclaimKernels())).toBe(JSON.stringify(await reclaimKernels()));
    const [one, other] = [await reclaimKernels(), await reclaimKernels({ seed: '2' })];
    expect(figuresIn(one, 'lockless-7.3', 'l1')).not.toEqual(figuresIn(other, 'lockless-7.3', 'l1'));
  });

  it.each(['1', '2', '3'])(
    'never counts more refaults than evictions, of hot pages and of all (seed %s)',
    async (seed) => {
      const { rows, comparison } = await reclaimKernels({ seed });
      const all = [...rows.map(figuresOf), comparison?.exactLru, comparison?.asksNobody];
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
      for (const row of rows) {
        const figures = figuresOf(row);
        expect([row.variant, figures.misreported, figures.staleYoung]).toEqual([row.variant, 0, 0]);
        expect(figures.hotEvictions).toBeLessThan(deaf.hotEvictions);
        expect(figures.refaults.hot).toBeLessThan(deaf.refaults.hot);
      }
      // Whether there is a guest makes no difference to who asks nobody.
      const { misreported, ...figures } = deaf;
      expect(comparison?.asksNobody).toEqual(figures);
      expect(comparison?.exactLru.hotEvictions).toBeLessThan(deaf.hotEvictions);
    },
  );

  it('sees through nested guests as well as through others under any kernel, and by whichever lock', async () => {
    const result = await reclaimKernels();
    for (const variant of kernels) {
      const { hotEvictionsOfL2: ofL1, ...figures } = figuresIn(result, variant, 'l1');
      const { hotEvictionsOfL2: ofL2, ...nested } = figuresIn(result, variant, 'l2');
      const { hotEvictionsOfL2: ofHalf, ...mixed } = figuresIn(result, variant, 'mixed');
      expect([nested, mixed]).toEqual([figures, figures]);
      expect([ofL1, ofL2]).toEqual([0, figures.hotEvictions]);
      expect(ofHalf / figures.hotEvictions).toBeCloseTo(0.5, 0);
    }
    expect(figuresIn(result, 'mmu-lock-6.12', 'l1')).toEqual(figuresIn(result, 'lockless-7.3', 'l1'));
  });

  it('asks KVM about what it would evict only, under the rules of Linux 6.1', async () => {
    const result = await reclaimKernels();
    const old = figuresIn(result, 'mmu-lock-6.1', 'l1');
    const later = figuresIn(result, 'mmu-lock-6.12', 'l1');
    expect(old.agingCalls).toBe(old.checked);
    expect(later.agingCalls).toBeGreaterThanOrEqual(later.checked + later.agingPasses * 512);
    expect(old.kept / old.checked).toBeGreaterThan(later.kept / later.checked);
  });

  it('counts accesses that nobody reports, and reports of pages that were not accessed', async () => {
    const of = async (variant: string, guest: GuestKind, mutant: string): Promise<GuestFigures> => {
      const { rows } = await reclaim({ variants: [variant], guests: [guest], mutant, config });
      expect(rows[0]?.mutant).toBe(mutant);
      return figuresOf(rows[0]);
    };
    // KVM says that it was blind, and MGLRU takes that for old.
    const blind = await of('lockless-7.3', 'l2', 'fastPass=accessed-bits');
    expect([blind.misreported > 0, blind.staleYoung]).toEqual([true, 0]);
    // What the fast pass found young and has made old, it forgets when it gives up.
    const forgotten = await of('v3', 'mixed', 'agingOrder=tdp-first');
    expect(forgotten.misreported).toBeGreaterThan(0);
    // Version 3's clear through a trimmed bitmap.
    const trimmed = await of('lockless-7.3', 'l2', 'lruAsksKvm=in-batches');
    expect([trimmed.misreported, trimmed.staleYoung > 0]).toEqual([0, true]);
  });

  describe('under version 3', () => {
    const mutant = 'slowPassHasMetadata=true';

    it.each(['1', '2', '3'])(
      'asks no more of a nested guest than Linux 6.1 does: only when it evicts is it told (seed %s)',
      async (seed) => {
        const { rows } = await reclaim({
          variants: ['v3', 'mmu-lock-6.1'],
          guests: ['l2'],
          config: { ...config, seed },
        });
        const [v3, old] = rows.map(figuresOf);
        if (v3 === undefined || old === undefined) throw new Error('no rows');
        // Each pass tests eight batches for nothing.
        const { agingCalls, ...decided } = v3;
        expect({ ...decided, agingCalls: agingCalls - 8 * v3.agingPasses }).toEqual(old);
      },
    );

    it('crashes the host that evicts memory of L1 beside L2, and would be as blind to L1', async () => {
      const selection = { variants: ['v3'], guests: ['mixed' as const], config };
      const [crashed] = (await reclaim(selection)).rows;
      expect(crashed).toMatchObject({ variant: 'v3', mutant: null, guest: 'mixed', figures: null });
      expect(crashed?.end).toMatchObject({ cause: 'null-dereference' });
      const { page, round = 0, access = 0, message = '' } = crashed?.end ?? {};
      expect(message).toContain('reads through a NULL pointer');
      expect(page).toBeLessThan(256);
      expect([round >= 1 && round <= 16, access >= 1 && access <= 512]).toEqual([true, true]);
      const [meant] = (await reclaim({ ...selection, mutant })).rows;
      const [old] = (await reclaim({ ...selection, variants: ['mmu-lock-6.1'] })).rows;
      expect(figuresOf(meant).hotEvictions).toBe(figuresOf(old).hotEvictions);
    });

    it.each(['1', '2', '3'])(
      'makes memory of L2 look younger than that of L1, with the last proposal: passes do not see it, evictions do (seed %s)',
      async (seed) => {
        const pressed = { ...config, seed, hot: 0.3 };
        const { rows } = await reclaim({ variants: ['v3-rmap-write-lock'], guests: ['mixed'], config: pressed });
        const { hotEvictions, hotEvictionsOfL2, misreported } = figuresOf(rows[0]);
        expect(misreported).toBe(0);
        expect(hotEvictionsOfL2).toBeLessThan(hotEvictions - hotEvictionsOfL2);
      },
    );

    it('evicts what later kernels evict from L1, if its clear is given the whole batch', async () => {
      const [v3] = (
        await reclaim({ variants: ['v3'], guests: ['l1'], mutant: 'lruAsksKvm=in-whole-batches', config })
      ).rows.map(figuresOf);
      const later = figuresIn(await reclaimKernels(), 'lockless-7.3', 'l1');
      expect({ ...v3, agingCalls: later.agingCalls }).toEqual(later);
    });

    it('runs out of memory where reports of pages as young never end, and little memory is left', async () => {
      const { rows } = await reclaim({
        variants: ['v3', 'lockless'],
        guests: ['l1'],
        config: { ...config, limit: 128 },
      });
      const message = 'after 12 aging passes no page could be evicted';
      expect(rows[0]).toMatchObject({ figures: null, end: { cause: 'out-of-memory', page: null, message } });
      expect(rows[1]?.end).toBeNull();
    });

    it('reports pages young that were not accessed, where no rmaps keep it from working', async () => {
      const { rows } = await reclaim({ variants: ['v3', 'v3-arm64'], guests: ['l1'], config });
      for (const row of rows) {
        const { staleYoung, misreported } = figuresOf(row);
        expect(staleYoung).toBeGreaterThan(0);
        expect(misreported).toBe(0);
      }
    });
  });

  it('evicts nothing where everything fits', async () => {
    const { rows, comparison } = await reclaimKernels({ limit: 512 });
    const nothing = { evictions: 0, hotEvictions: 0, refaults: { hot: 0, cold: 0 }, hotResident: 1 };
    for (const { figures } of rows) expect(figures).toMatchObject({ ...nothing, checked: 0, agingCalls: 0 });
    expect(comparison).toMatchObject({ exactLru: nothing, asksNobody: nothing });
  });

  it('works where a single page fits', async () => {
    const { rows } = await reclaimKernels({ pages: 2, hot: 0.5, limit: 1, hotAccesses: 0.5 });
    for (const row of rows) {
      const figures = figuresOf(row);
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
    [{ guests: ['l3' as GuestKind] }, 'guest l3: accepted: l1, l2, mixed'],
    [{ mutant: 'slowPassHasMetadata=maybe' }, 'mutant slowPassHasMetadata=maybe: there is none; accepted: true, false'],
  ])('refuses to select %j', async (selection, message) => {
    await expect(reclaim({ ...selection, config })).rejects.toThrow(new InputError(message));
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
