/**
 * The micro-benchmarks of the hot paths and the latency suite: `npm run bench [-- --out=FOLDER]`, in less than five minutes.
 * Writes `results.json`, `results.md`, and `latency.json` for `pte-aging report` and `--baseline`. Exits with 1 if a target
 * is missed: they are ratios of things measured side by side.
 */
import { randomInt } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bench } from '../src/run/bench-run.ts';
import { latencyClaims } from './latency/claims.ts';
import { runMicro } from './micro/run-micro.ts';
import { type SuiteResult, suiteMarkdown } from './suite-markdown.ts';

const { values } = parseArgs({
  options: { out: { type: 'string', default: 'bench-results' }, seed: { type: 'string' } },
});
const seed = values.seed ?? String(randomInt(2 ** 47));
process.stderr.write(`benchmarks, seed ${seed}: the hot paths, about a minute; then the latency suite, about two\n`);

const micro = await runMicro();
const latency = await bench({ config: { seed, durationMs: 120 } });
const result: SuiteResult = { micro, latency, claims: latencyClaims(latency) };
const markdown = suiteMarkdown(result);

mkdirSync(values.out, { recursive: true });
const write = (name: string, text: string): void => writeFileSync(join(values.out, name), `${text}\n`);
write('results.json', JSON.stringify({ schema: 'pte-aging/bench-suite@1', seed, ...result }, null, 2));
write('latency.json', JSON.stringify(latency, null, 2));
write('results.md', markdown);

process.stdout.write(
  `${markdown}\n\nwritten to ${values.out}/results.json, latency.json and results.md; seed ${seed}\n`,
);
const isMet = micro.every(({ met }) => met) && result.claims.every(({ met }) => met);
process.exitCode = latency.failures.length > 0 ? 3 : isMet ? 0 : 1;
