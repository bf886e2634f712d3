import { availableParallelism } from 'node:os';
import { MAX_EPOCH } from '../verify/access-record.ts';
import type { StressConfig } from './stress-config.ts';
import { MAX_VCPUS } from './stress-limits.ts';

export const DEFAULT_PAGES = 512;
const DEFAULT_SLOTS = 3;
const DEFAULT_ZAP_ALL_RATE = 10;
/** Populating this many pages a second anew is what the default rate of root zaps may cost. */
const PAGES_POPULATED_PER_SECOND = 2 ** 16;

/** What may be left out of a configuration, and the seed, which may not. */
export type StressSettings = { readonly seed: string } & {
  readonly [Key in Exclude<keyof StressConfig, 'variant' | 'seed'>]?: StressConfig[Key];
};

/** Fills in the defaults. With a trace, its pages are the least. */
export function completeConfig(settings: StressSettings, tracePages: number | null): Omit<StressConfig, 'variant'> {
  const pages = settings.pages ?? tracePages ?? DEFAULT_PAGES;
  return {
    mutant: null,
    vcpus: Math.min(MAX_VCPUS, availableParallelism()),
    slots: Math.min(DEFAULT_SLOTS, pages),
    workload: tracePages === null ? 'zipf' : 'trace',
    writes: 0.3,
    tlbEntries: 64,
    invalidateRate: 1000,
    zapAllRate: Math.min(DEFAULT_ZAP_ALL_RATE, PAGES_POPULATED_PER_SECOND / pages),
    batch: 64,
    passes: null,
    // A broken rule is to be caught, not counted.
    stopAtViolation: settings.mutant !== undefined && settings.mutant !== null,
    sampleEvery: 256,
    // Half of what fits: the oracle starts its epochs again long before they wrap.
    epochLimit: MAX_EPOCH >>> 1,
    waitBoundMs: 10_000,
    ...settings,
    pages,
  };
}
