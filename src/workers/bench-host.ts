export { runBenchHost as default } from '../bench/host-thread.ts';
