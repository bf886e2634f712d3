import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { workerData } from 'node:worker_threads';
import { derivePrng } from '../../src/shared/seed.ts';
import { ThreadMemory } from '../../src/shared/thread-memory.ts';
import { createArena } from './arena.ts';
import type { GangOrder, GangProgram } from './gang.ts';

const { words, thread, threads, url, variant, seed, waitBoundMs } = workerData as GangOrder;

// Each thread lays the arena out by itself, as the threads of a real run do: functions do not cross to a worker.
const { default: program } = createRequire(import.meta.url)(fileURLToPath(url)) as { default: GangProgram<unknown> };
const { layout, waiters, parts } = createArena((builder) => program.createParts(builder, threads));
const prng = derivePrng(seed, `thread${thread}`);
const m = new ThreadMemory(words, { waiters, layout, prng, waitBoundMs });
program.run({ m, parts, thread, threads, variant, prng });
