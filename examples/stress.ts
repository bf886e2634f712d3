// One second of each variant, from a program of one's own. Run: npx tsx examples/stress.ts
import { stress } from 'pte-aging';

const result = await stress({
  config: { seed: '42', vcpus: 2, pages: 512, workload: 'populate' },
  durationMs: 1000,
});
for (const { variant, verdict, accesses, violations, latencyNs } of result.variants) {
  console.log(variant, verdict, { accesses, ...violations, agingPassP50Ns: latencyNs.agingPass.p50 });
}
process.exitCode = result.variants.every(({ verdict }) => verdict === 'clean') ? 0 : 1;
