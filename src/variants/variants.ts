import { lockless73, mmuLock61, mmuLock612 } from './merged-kernels.ts';
import { v3, v3Arm64 } from './v3.ts';
import { v3PrepareTestsRmaps, v3RmapWriteLock, v3TdpFirst } from './v3-proposals.ts';
import type { Variant } from './variant.ts';

/** What Linux has released. */
export const mergedKernels: readonly Variant[] = Object.freeze([mmuLock61, mmuLock612, lockless73]);

export const variants: readonly Variant[] = Object.freeze([
  mmuLock61,
  mmuLock612,
  v3,
  v3TdpFirst,
  v3PrepareTestsRmaps,
  v3RmapWriteLock,
  v3Arm64,
  lockless73,
]);

export function findVariant(name: string): Variant | undefined {
  return variants.find((variant) => variant.name === name || variant.aliases.includes(name));
}

/** Every name by which a variant can be called. */
export function variantNames(): readonly string[] {
  return variants.flatMap((variant) => [...variant.aliases, variant.name]);
}
