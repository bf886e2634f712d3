import type { ReclaimConfig } from '../reclaim/reclaim-config.ts';
import type { GuestFigures, MglruFigures, ReclaimFigures } from '../reclaim/reclaim-figures.ts';

export const RECLAIM_SCHEMA = 'pte-aging/reclaim@1';

/** The document that `reclaim` resolves to. It holds no time and nothing of the host: the same seed yields the same bytes. */
export interface ReclaimResult {
  readonly schema: typeof RECLAIM_SCHEMA;
  readonly seed: string;
  /** It was stopped from outside: rows and comparison hold what was finished. */
  readonly interrupted: boolean;
  readonly config: ReclaimConfig & { readonly hotPages: number };
  readonly rows: readonly ReclaimRow[];
  /** The same accesses under the same limit, for comparison; null if it was stopped before. */
  readonly comparison: ReclaimComparison | null;
}

/** MGLRU that asks a guest under one variant. */
export interface ReclaimRow {
  readonly variant: string;
  /** An L2 guest makes the accesses. */
  readonly nested: boolean;
  readonly figures: GuestFigures;
}

export interface ReclaimComparison {
  /** Evicts the pages whose last access is the longest ago: it sees every access. */
  readonly exactLru: ReclaimFigures;
  /** MGLRU that asks nobody and takes every page for old. */
  readonly asksNobody: MglruFigures;
}
