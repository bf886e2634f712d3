export { runBenchVcpu as default } from '../bench/vcpu-thread.ts';
