import { describe, expect, it } from 'vitest';
import { runStress } from '../../support/stress/run-stress.ts';

/** The bound of every wait, and of how long a worker may show no sign of life. */
const waitBoundMs = 1500;

describe('A worker that fails is reported, and ends the run', () => {
  it.each(['vcpu0', 'vcpu1', 'aging', 'host'])('if %s dies', async (worker) => {
    const { variants } = await runStress(
      { waitBoundMs },
      { variants: ['lockless-7.3'], durationMs: 60_000, sabotage: { worker, how: 'die' } },
    );
    expect(variants.map(({ verdict }) => verdict)).toEqual(['harness-failure']);
    expect(variants[0]?.failures).toContainEqual(expect.stringMatching(new RegExp(`^${worker}: `)));
  });

  it.each(['vcpu0', 'aging'])('if %s hangs', async (worker) => {
    const { variants } = await runStress(
      { waitBoundMs },
      { variants: ['mmu-lock-6.1'], durationMs: 60_000, sabotage: { worker, how: 'hang' } },
    );
    expect(variants.map(({ verdict }) => verdict)).toEqual(['harness-failure']);
    expect(variants[0]?.failures.join()).toContain(worker);
  });

  it('in the variant in which it failed; the next one runs all the same', async () => {
    const { variants } = await runStress(
      { waitBoundMs },
      { durationMs: 200, sabotage: { worker: 'host', how: 'die' } },
    );
    expect(variants.map(({ verdict }) => verdict)).toEqual(['harness-failure', 'harness-failure']);
  });
});

describe('A signal', () => {
  it('stops a run that would go on, with partial results', async () => {
    const controller = new AbortController();
    const { variants, interrupted } = await runStress(
      {},
      {
        durationMs: null,
        signal: controller.signal,
        onProgress: ({ accesses, agingCalls }) => {
          if (accesses > 0 && agingCalls > 0) controller.abort();
        },
      },
    );
    expect(interrupted).toBe(true);
    expect(variants.map(({ variant, verdict }) => [variant, verdict])).toEqual([['mmu-lock-6.1', 'interrupted']]);
    expect(variants[0]?.accesses).toBeGreaterThan(0);
    expect(variants[0]?.agingCalls).toBeGreaterThan(0);
  });

  it('stops the replay of a trace as well', async () => {
    const controller = new AbortController();
    const trace = { accesses: new Int32Array(new SharedArrayBuffer(4 * 2 ** 24)), pages: 1 };
    const { variants } = await runStress(
      { workload: 'trace' },
      {
        durationMs: null,
        trace,
        signal: controller.signal,
        onProgress: () => controller.abort(),
      },
    );
    expect(variants.map(({ verdict }) => verdict)).toEqual(['interrupted']);
    expect(variants[0]?.accesses).toBeLessThan(trace.accesses.length);
  });

  it('that came before the run leaves nothing to run', async () => {
    const { variants, interrupted } = await runStress({}, { signal: AbortSignal.abort() });
    expect([variants, interrupted]).toEqual([[], true]);
  });
});
