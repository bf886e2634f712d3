// An increment of two steps gets lost: every interleaving says how. Run: npx tsx examples/increment.ts
import { explore, type ThreadFunction } from 'pte-aging';

const increment: ThreadFunction<'x'> = (m, word) => m.store(word.x, m.load(word.x) + 1);

const result = explore({
  words: { x: 0 },
  threads: [increment, increment],
  final: ({ x }) => x === 2 || `x is ${x}`,
});
for (const { memory, interleavings } of result.outcomes) console.log(`x = ${memory.x}: ${interleavings} interleavings`);
console.log(result.violations[0]?.text);
process.exitCode = result.interleavings === 6n ? 0 : 1;
