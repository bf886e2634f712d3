import type { GuestKind } from '../reclaim/guest-kind.ts';
import type { ReclaimConfig } from '../reclaim/reclaim-config.ts';
import type { GuestFigures, MglruFigures, ReclaimFigures } from '../reclaim/reclaim-figures.ts';
import type { OopsProperty } from '../shared/oops.ts';

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

/** MGLRU that asks a guest under one variant: what came of it, or what ended it before it was through. */
export type ReclaimRow = ReclaimRowName &
  ({ readonly figures: GuestFigures; readonly end: null } | { readonly figures: null; readonly end: ReclaimEnd });

interface ReclaimRowName {
  readonly variant: string;
  /** The rule that is broken besides: a mutant's name, or `rule=value`. */
  readonly mutant: string | null;
  readonly guest: GuestKind;
}

/** The host's kernel has crashed, or there was no page left that it could evict. */
export interface ReclaimEnd {
  readonly cause: OopsProperty | 'out-of-memory';
  /** The page of the SPTE at which the kernel has crashed. */
  readonly page: number | null;
  /** From 1. */
  readonly round: number;
  /** The round's access that was being made, from 1; the round's last one if it happened in the aging pass behind it. */
  readonly access: number;
  readonly message: string;
}

export interface ReclaimComparison {
  /** Evicts the pages whose last access is the longest ago: it sees every access. */
  readonly exactLru: ReclaimFigures;
  /** MGLRU that asks nobody and takes every page for old. */
  readonly asksNobody: MglruFigures;
}
