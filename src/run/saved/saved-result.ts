import type { CheckResult } from '../../check/check-result.ts';
import type { BenchResult } from '../bench-result.ts';
import type { ConformResult } from '../conform-result.ts';
import type { RaceDocument } from '../race-result.ts';
import type { ReclaimResult } from '../reclaim-result.ts';
import type { StressResult } from '../stress-result.ts';

/** A document that a command wrote before, and the file that it is in. */
export type SavedResult = { readonly file: string } & (
  | { readonly kind: 'stress'; readonly result: StressResult }
  | { readonly kind: 'race'; readonly result: RaceDocument }
  | { readonly kind: 'bench'; readonly result: BenchResult }
  | { readonly kind: 'check'; readonly result: CheckResult }
  | { readonly kind: 'conform'; readonly result: ConformResult }
  | { readonly kind: 'reclaim'; readonly result: ReclaimResult }
);
