import { v3 } from './v3.ts';
import type { Variant } from './variant.ts';

/*
 * What the reviewer of version 3 proposed in the thread: each is version 3 with that one change, and with whatever else is
 * wrong in it.
 */

/** 11 April, 10:08, first proposal: the TDP MMU's part comes first, and what it found is returned. */
export const v3TdpFirst: Variant = {
  name: 'v3-tdp-first',
  aliases: [],
  description: 'v3 with the first proposal of its review: the TDP MMU is aged before the pass gives up at rmaps',
  rules: { ...v3.rules, agingOrder: 'tdp-first', fastPassAtRmaps: 'give-up-behind-tdp', keepsFastYoung: true },
};

/** 11 April, 10:28: no fast pass if there are rmaps when it would begin; inside, a bitmap leaves rmaps out. */
export const v3PrepareTestsRmaps: Variant = {
  name: 'v3-prepare-tests-rmaps',
  aliases: [],
  description: 'v3 with the second proposal of its review: whether there are rmaps is looked at before the fast pass',
  rules: { ...v3.rules, fastPass: 'accessed-bits-no-rmaps', fastPassAtRmaps: 'walk-without-bitmap' },
};

/** 11 and 19 April: `mmu_lock` for write around the rmaps alone, which a bitmap leaves out; nothing gives up any more. */
export const v3RmapWriteLock: Variant = {
  name: 'v3-rmap-write-lock',
  aliases: [],
  description:
    'v3 with the last proposal of its review: mmu_lock for write around the rmaps only, and not with a bitmap',
  rules: { ...v3.rules, agingOrder: 'tdp-first', fastPassAtRmaps: 'write-lock-without-bitmap' },
};
