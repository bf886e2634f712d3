import { conformTrace, variantForKernel } from '../src/conform/conform-trace.ts';
import type { Rules } from '../src/mmu/rules.ts';
import type { KernelTrace } from '../src/scenario/kernel-trace.ts';
import { findKernelTraces, readKernelTrace } from '../src/scenario/read-kernel-trace.ts';
import { ruleMutants, ruleValues } from '../src/variants/rule-mutants.ts';
import { untraceableRules } from '../src/variants/untraceable-rules.ts';
import type { Variant } from '../src/variants/variant.ts';
import { mergedKernels } from '../src/variants/variants.ts';

/**
 * Prints the table of docs/conformance.md: each rule, its value in each variant, and a mutant with the number of traces that
 * expose it, or why none can. Usage: tsx scripts/rule-table.ts PATH…
 */
const traces = await Promise.all(findKernelTraces(process.argv.slice(2)).map(readKernelTrace));

const head = ['rule', ...mergedKernels.map(({ name }) => name), 'exposed by'];
print(head);
print(head.map(() => '---'));
for (const rule of Object.keys(ruleValues) as (keyof Rules)[]) {
  const values = mergedKernels.map(({ rules }) => `\`${rules[rule]}\``);
  print([`\`${rule}\``, ...values, untraceableRules[rule] ?? mostExposed(rule)]);
}

function mostExposed(rule: keyof Rules): string {
  const counts = mergedKernels.flatMap((variant) => {
    const own = traces.filter(({ config }) => variantForKernel(config.kernel) === variant);
    return ruleMutants(variant)
      .filter((mutant) => mutant.rule === rule)
      .map((mutant) => ({
        text: `\`${mutant.name}\` on ${variant.name}`,
        of: own.length,
        count: own.filter((trace) => disagrees(trace, variant, mutant.breaks)).length,
      }));
  });
  const best = counts.reduce((most, next) => (next.count > most.count ? next : most));
  return `${best.text}: ${best.count} of ${best.of} traces`;
}

function disagrees(trace: KernelTrace, variant: Variant, breaks: Partial<Rules>): boolean {
  try {
    return conformTrace(trace, { variant, breaks }).disagreements.length > 0;
  } catch {
    // The mutant ran into an error that the kernel did not have.
    return true;
  }
}

function print(cells: readonly string[]): void {
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
}
