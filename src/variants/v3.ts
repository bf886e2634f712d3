import { mmuLock612 } from './merged-kernels.ts';
import type { Variant } from './variant.ts';

/**
 * Version 3 of "mm/kvm: Improve parallelism for access bit harvesting" (April 2024, seven patches), exactly as posted, on
 * the Linux of its day (6.9).
 */
export const v3: Variant = {
  name: 'v3',
  aliases: [],
  description:
    'version 3 of the series as posted, x86: a pass without mmu_lock if there are no rmaps, else the old one',
  rules: {
    ...mmuLock612.rules,
    honoursBitmap: true,
    fastPass: 'accessed-bits',
    fastPassAtRmaps: 'give-up',
    keepsFastYoung: false,
    answersFast: true,
    slowPassHasMetadata: false,
    hugeLeafInBitmap: 'first-gfn',
    rcuSpans: 'one-root',
    lruAsksKvm: 'in-batches',
    // As Linux 6.9 still does, or does not yet.
    zapBookkeeping: 'before-flush',
    nonpresentSpte: 0,
    hasPrefault: false,
  },
};

/**
 * Its arm64 half: one stage-2 table, aged under `mmu_lock` for read by a walker that was not told that it shares the
 * table, and so stores. The machine around it stays the x86 model's; what arm64 does under `mmu_lock` for write is done so.
 */
export const v3Arm64: Variant = {
  name: 'v3-arm64',
  aliases: [],
  description: 'version 3 of the series as posted, arm64: aging under mmu_lock for read, by plain stores',
  rules: {
    ...v3.rules,
    fastPass: 'read-lock',
    clearsAccessedBy: 'load-and-store',
    unselectedCountsAsYoung: true,
    rcuSpans: 'all-roots',
    tdpRootsTakeMmuLock: 'write',
    tdpBulkTakesMmuLock: 'write',
    // A block stays one until a write fault breaks it (KVM_CAP_ARM_EAGER_SPLIT_CHUNK_SIZE is 0 unless it is set).
    loggingSplits: false,
    faultBelowHugeLeaf: 'zap',
  },
};
