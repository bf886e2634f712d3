import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { variantForKernel } from '../../../src/conform/conform-trace.ts';
import type { KernelTrace } from '../../../src/scenario/kernel-trace.ts';
import { findKernelTraces, readKernelTrace } from '../../../src/scenario/read-kernel-trace.ts';
import type { Variant } from '../../../src/variants/variant.ts';

/** The traces that the project ships, or those of another directory: `TRACES=DIR`. */
const directory = process.env.TRACES ?? fileURLToPath(new URL('../../../examples/kernel-traces', import.meta.url));

export interface ShippedTrace {
  readonly name: string;
  readonly trace: KernelTrace;
  readonly variant: Variant;
}

/** Smallest files first: a disagreement is soonest found, and easiest understood, in a short trace. */
export async function shippedTraces(): Promise<readonly ShippedTrace[]> {
  const files = findKernelTraces([directory]);
  files.sort((one, other) => statSync(one).size - statSync(other).size || one.localeCompare(other));
  return await Promise.all(
    files.map(async (file) => {
      const trace = await readKernelTrace(file);
      const variant = variantForKernel(trace.config.kernel);
      if (variant === undefined) throw new RangeError(`${file}: no variant for ${trace.config.kernel}`);
      return { name: file.slice(file.lastIndexOf('/') + 1), trace, variant };
    }),
  );
}
