export { runBenchAging as default } from '../bench/aging-thread.ts';
