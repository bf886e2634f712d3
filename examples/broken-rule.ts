// A rule broken on purpose must be caught. Run: npx tsx examples/broken-rule.ts
import { mutants, stress } from 'pte-aging';

const mutant = mutants.find(({ name }) => name === 'no-flush');
const result = await stress({
  variants: ['lockless'],
  config: { seed: '42', mutant: mutant?.name ?? null },
  durationMs: 3000,
});
const [first] = result.findings;
console.log(mutant?.description);
console.log(first === undefined ? 'not caught' : `${first.property}: ${first.detail}`);
process.exitCode = first?.property === mutant?.violates ? 0 : 1;
