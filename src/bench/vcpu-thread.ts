import { guestAccess } from '../mmu/access.ts';
import { leaveGuest } from '../mmu/vcpu.ts';
import { PAGE_BYTES } from '../notifier/byte-range.ts';
import { mmuNotifierClearYoung } from '../notifier/subscribers.ts';
import type { Prng } from '../shared/prng.ts';
import { derivePrng } from '../shared/seed.ts';
import type { VcpuBenchTask } from './bench-task.ts';
import { BenchThread } from './bench-thread.ts';
import { clockNs } from './clock.ts';
import { Recording, Work } from './step.ts';

/** Accesses between two heartbeats. */
const CHUNK = 256;
/** One access in about this many is timed, where each of them faults and elsewhere. */
const FAULTS_PER_SAMPLE = 8;
const ACCESSES_PER_SAMPLE = 64;
const RANDOM_WRITES = 0.3;

/** A vCPU of a latency run: does what each step asks for, with the pages of its own share, until the gang stops. */
export function runBenchVcpu(task: VcpuBenchTask): void {
  new VcpuThread(task).run();
}

class VcpuThread {
  readonly #task: VcpuBenchTask;
  readonly #worker: BenchThread;
  readonly #random: Prng;
  readonly #sampling: Prng;
  readonly #first: number;
  readonly #end: number;
  #perSample = 0;
  #untilSample = 0;

  constructor(task: VcpuBenchTask) {
    this.#task = task;
    this.#worker = new BenchThread(task, () => task.vcpu);
    this.#random = derivePrng(task.config.seed, `vcpu${task.vcpu}`);
    this.#sampling = derivePrng(task.config.seed, `vcpu${task.vcpu} sampling`);
    this.#first = task.vcpu * task.config.pagesPerVcpu;
    this.#end = this.#first + task.config.pagesPerVcpu;
  }

  run(): void {
    const worker = this.#worker;
    const { control, m } = worker;
    worker.passGate();
    worker.wheneverChanged(control.step, () => {
      this.#do(m.load(control.stepWork), m.load(control.stepRecording) as Recording);
    });
  }

  #do(work: number, recording: Recording): void {
    const { sink, m, control, arena } = this.#worker;
    const { records, vcpu, roundsPerMicrosecond } = this.#task;
    const rounds = m.load(control.stepRounds);
    sink.recording = recording;
    this.#perSample =
      recording === Recording.latencies ? (work === Work.populate ? FAULTS_PER_SAMPLE : ACCESSES_PER_SAMPLE) : 0;
    this.#untilSample = this.#perSample;
    sink.everyFault = work !== Work.populate;
    sink.faultRounds = Math.round((m.load(control.stepFaultWorkNs) / 1000) * roundsPerMicrosecond);
    const waitedBefore = this.#worker.coreWait.read();
    this.#worker.meet();
    records.stamps[2 * vcpu] = clockNs();
    if (work === Work.populate || work === Work.write || work === Work.read) this.#touch(work !== Work.read, rounds);
    else if (work === Work.markIdle) this.#markIdle();
    else if (work === Work.random) this.#touchAtRandom(rounds);
    records.stamps[2 * vcpu + 1] = clockNs();
    records.coreWaits[vcpu] = this.#worker.coreWait.read() - waitedBefore;
    leaveGuest(m, arena.vm, vcpu);
    sink.recording = Recording.none;
    sink.drain();
    this.#worker.announce(control.vcpusDone);
  }

  /** Each page of the share in order, and round again. */
  #touch(write: boolean, rounds: number): void {
    const worker = this.#worker;
    const { m, arena } = worker;
    const { vcpu, config } = this.#task;
    for (let done = 0; done < rounds * config.pagesPerVcpu && !worker.stopped; ) {
      const first = this.#first + (done % config.pagesPerVcpu);
      const end = Math.min(this.#end, first + CHUNK);
      if (this.#perSample === 0) {
        for (let page = first; page < end; page++) guestAccess(m, arena.vm, vcpu, page, page, write);
      } else {
        for (let page = first; page < end; page++) this.#accessAndSample(page, write);
      }
      done += end - first;
      this.#endChunk(done, rounds);
    }
  }

  #touchAtRandom(rounds: number): void {
    const worker = this.#worker;
    const { m, arena } = worker;
    const { vcpu, config } = this.#task;
    const random = this.#random;
    const accesses = rounds * config.pagesPerVcpu;
    for (let done = 0; done < accesses && !worker.stopped; ) {
      const end = Math.min(accesses, done + CHUNK);
      for (; done < end; done++) {
        const page = this.#first + random.below(config.pagesPerVcpu);
        const write = random.fraction() < RANDOM_WRITES;
        if (this.#perSample === 0) guestAccess(m, arena.vm, vcpu, page, page, write);
        else this.#accessAndSample(page, write);
      }
      this.#endChunk(done, rounds);
    }
  }

  #endChunk(done: number, rounds: number): void {
    const { m, control } = this.#worker;
    const { vcpu, config } = this.#task;
    if (vcpu === 0 && 2 * done >= rounds * config.pagesPerVcpu && m.load(control.halfway) === 0)
      m.store(control.halfway, 1);
    this.#worker.beat();
  }

  #accessAndSample(page: number, write: boolean): void {
    const { m, arena, sink } = this.#worker;
    if (--this.#untilSample > 0) {
      guestAccess(m, arena.vm, this.#task.vcpu, page, page, write);
      return;
    }
    this.#untilSample = this.#nextSample();
    sink.sampled = true;
    const began = clockNs();
    guestAccess(m, arena.vm, this.#task.vcpu, page, page, write);
    sink.accessTook(clockNs() - began);
    sink.sampled = false;
  }

  /** At random, so that no rhythm of the others hides between samples. */
  #nextSample(): number {
    return 1 + this.#sampling.below(2 * this.#perSample - 1);
  }

  #markIdle(): void {
    const worker = this.#worker;
    const { m, arena, control } = worker;
    let young = 0;
    for (let first = this.#first; first < this.#end && !worker.stopped; first += CHUNK) {
      const end = Math.min(this.#end, first + CHUNK);
      for (let page = first; page < end; page++) {
        const start = page * PAGE_BYTES;
        const { answer } = mmuNotifierClearYoung(m, arena.vm, this.#task.vcpu, start, start + PAGE_BYTES, 0);
        if (answer === 'young') young++;
      }
      worker.beat();
    }
    m.add(control.foundYoung, young);
  }
}
