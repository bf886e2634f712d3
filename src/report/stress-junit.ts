import type { StressResult } from '../run/stress-result.ts';
import { propertyIds } from '../shared/property.ts';
import { emptyReport } from './junit.ts';

/** One suite a variant, one case a property. */
export function stressJunit(result: StressResult): string {
  const builder = emptyReport();
  for (const variant of result.variants) {
    const name = variant.mutant === null ? variant.variant : `${variant.variant}+${variant.mutant}`;
    const suite = builder.testSuite().name(`stress ${name} (seed ${result.seed})`).time(variant.seconds);
    for (const property of propertyIds) {
      const test = suite.testCase().className(`stress.${name}`).name(property);
      const count = variant.violations[property];
      if (count === null) test.skipped();
      else if (count > 0) {
        const details = result.findings.filter(
          (finding) => finding.variant === variant.variant && finding.property === property,
        );
        test.failure(
          [`${count} violations, seed ${result.seed}`, ...details.map((finding) => finding.detail)].join('\n'),
          property,
        );
      }
    }
    const harness = suite.testCase().className(`stress.${name}`).name('harness');
    if (variant.failures.length > 0) harness.error(variant.failures.join('\n'));
    if (variant.verdict === 'interrupted') harness.error('interrupted');
  }
  return builder.build();
}
