import { guestAccess } from '../mmu/access.ts';
import { infoWord } from '../mmu/tables.ts';
import { leaveGuest } from '../mmu/vcpu.ts';
import { INFO_STAMP } from '../mmu/vm.ts';
import type { Prng } from '../shared/prng.ts';
import { derivePrng } from '../shared/seed.ts';
import type { Findings } from '../verify/findings.ts';
import type { DurationSink } from '../verify/recorder.ts';
import { VcpuRecorder } from '../verify/vcpu-recorder.ts';
import { gfnsOfPages } from './slots.ts';
import { now, type WorkerTask, WorkerThread } from './worker-thread.ts';
import { shareOf, touchOnce } from './workloads/once.ts';
import { sequentialWorkload, uniformWorkload, zipfWorkload } from './workloads/random.ts';
import { TRACE_CHUNK, traceWorkload } from './workloads/trace.ts';
import { isWrite, pageOf, type Workload } from './workloads/workload.ts';

export interface VcpuTask extends WorkerTask {
  readonly vcpu: number;
  /** With workload `trace`: packed accesses, shared. */
  readonly trace: Int32Array | null;
  readonly access: DurationSink;
  readonly fault: DurationSink;
}

export interface VcpuResult {
  /** Accesses of the workload. */
  readonly accesses: number;
  /** Accesses of pulses, apart. */
  readonly pulseAccesses: number;
  /** Exits for page faults. */
  readonly faults: number;
  /** Those that mapped a page; the others were retried or spurious. */
  readonly faultsFixed: number;
  readonly tlbHits: number;
  readonly lostWakeups: number;
  readonly findings: Pick<Findings, 'violations' | 'tolerated' | 'details'>;
}

const CHUNK = TRACE_CHUNK;
/** Accesses that each vCPU makes between two pulses, at least. */
const PULSE_INTERVAL = 1 << 18;
const PULSES_AFTER_TRACE = 8;

/** A vCPU: makes the accesses of its workload, with pulses in between, until the run stops or the workload ends. */
export function runVcpu(task: VcpuTask): VcpuResult {
  return new VcpuRun(task).run();
}

class VcpuRun {
  readonly #task: VcpuTask;
  readonly #worker: WorkerThread;
  readonly #recorder: VcpuRecorder;
  readonly #chunk = new Int32Array(CHUNK);
  readonly #gfns: Int32Array;
  readonly #sampling: Prng;
  #untilSample: number;
  #accesses = 0;
  #pulses = 0;
  #drops = 0;

  constructor(task: VcpuTask) {
    this.#task = task;
    this.#worker = new WorkerThread(task, () => task.vcpu);
    const { vm, oracle, slots } = this.#worker.arena;
    this.#gfns = gfnsOfPages(slots, task.config.pages);
    this.#recorder = new VcpuRecorder({
      words: task.words,
      oracle,
      vcpu: task.vcpu,
      fault: task.fault,
      mmuLockWait: task.mmuLockWait,
      now,
      stampWord: (table) => infoWord(vm, table, INFO_STAMP),
    });
    this.#worker.m.sink = this.#recorder;
    this.#worker.hasViolation = () => this.#recorder.findings.hasViolation;
    this.#worker.beforeWaiting = () => leaveGuest(this.#worker.m, vm, task.vcpu);
    this.#sampling = derivePrng(task.config.seed, `vcpu${task.vcpu} sampling`);
    this.#untilSample = this.#nextSample();
  }

  run(): VcpuResult {
    const worker = this.#worker;
    const { control, vm } = worker.arena;
    worker.passGate();
    const accesses = this.#runWorkload();
    leaveGuest(worker.m, vm, this.#task.vcpu);
    worker.announce(control.finished);
    worker.announce(control.returned);
    const { violations, tolerated, details } = this.#recorder.findings;
    return {
      accesses,
      pulseAccesses: this.#accesses - accesses,
      faults: this.#recorder.faults,
      faultsFixed: this.#recorder.faultsFixed,
      tlbHits: this.#recorder.tlbHits,
      lostWakeups: worker.m.lostWakeups,
      findings: { violations, tolerated, details },
    };
  }

  /** Accesses of the workload made. */
  #runWorkload(): number {
    const { config, trace } = this.#task;
    if (config.workload === 'pulse') {
      while (this.#pulse());
      return 0;
    }
    if (config.workload === 'populate') return this.#populate();
    if (trace !== null) {
      const made = this.#make(traceWorkload(trace, config.vcpus, this.#task.vcpu), Infinity);
      for (let i = 0; i < PULSES_AFTER_TRACE && this.#pulse(); i++);
      return made;
    }
    const workload = this.#generator();
    const interval = Math.max(PULSE_INTERVAL, 4 * config.pages);
    let made = 0;
    do made += this.#make(workload, interval);
    while (this.#pulse());
    return made;
  }

  /** Fresh memory again and again: writes each page of the share once, then has the host drop everything. */
  #populate(): number {
    const { config, vcpu } = this.#task;
    const { control } = this.#worker.arena;
    const prng = derivePrng(config.seed, `vcpu${vcpu}`);
    const share = shareOf(config.pages, config.vcpus, vcpu);
    const roundsBetweenPulses = Math.max(1, Math.floor((PULSE_INTERVAL * config.vcpus) / config.pages));
    let made = 0;
    do {
      made += this.#make(touchOnce(prng, share, 1), Infinity);
      if (this.#drops % roundsBetweenPulses === 0 && !this.#pulse()) return made;
      this.#drops++;
      this.#worker.announce(control.dropArrived);
    } while (this.#worker.waitFor(control.dropEnded, (ended) => ended >= this.#drops));
    return made;
  }

  /**
   * Touches each page of the share once while passes run, and returns when a whole pass has run after that: a loss of
   * one of these accesses has nothing to hide behind. False if the run stops first.
   */
  #pulse(): boolean {
    const { config, vcpu } = this.#task;
    const { control } = this.#worker.arena;
    const round = ++this.#pulses;
    this.#worker.announce(control.pulseArrived);
    if (!this.#worker.waitFor(control.pulseBegun, (begun) => begun >= round)) return false;
    const prng = derivePrng(config.seed, `vcpu${vcpu} pulse ${round}`);
    this.#make(touchOnce(prng, shareOf(config.pages, config.vcpus, vcpu), config.writes), Infinity);
    this.#worker.announce(control.pulseTouched);
    return this.#worker.waitFor(control.pulseEnded, (ended) => ended >= round);
  }

  /** Makes up to `limit` accesses (rounded up to chunks); how many. A trace is made to its end unless all is to stop at once. */
  #make(workload: Workload, limit: number): number {
    const isTrace = this.#task.trace !== null;
    let made = 0;
    while (made < limit && !(isTrace ? this.#worker.stoppedAtOnce : this.#worker.stopped)) {
      const count = workload.next(this.#chunk);
      if (count === 0) break;
      this.#makeChunk(count);
      made += count;
      this.#worker.beat(count);
    }
    this.#accesses += made;
    return made;
  }

  #makeChunk(count: number): void {
    const { m, arena } = this.#worker;
    const { vm } = arena;
    const { vcpu, access } = this.#task;
    for (let i = 0; i < count; i++) {
      const packed = this.#chunk[i] as number;
      const page = pageOf(packed);
      const gfn = this.#gfns[page] as number;
      if (--this.#untilSample > 0) {
        guestAccess(m, vm, vcpu, gfn, page, isWrite(packed));
      } else {
        const began = now();
        guestAccess(m, vm, vcpu, gfn, page, isWrite(packed));
        access.record(Math.max(1, Math.round(now() - began)));
        this.#untilSample = this.#nextSample();
      }
    }
  }

  #nextSample(): number {
    return 1 + this.#sampling.below(2 * this.#task.config.sampleEvery - 1);
  }

  #generator(): Workload {
    const { config, vcpu } = this.#task;
    const prng = derivePrng(config.seed, `vcpu${vcpu}`);
    if (config.workload === 'zipf') return zipfWorkload(prng, config.pages, config.writes);
    if (config.workload === 'sequential') {
      const { first } = shareOf(config.pages, config.vcpus, vcpu);
      return sequentialWorkload(prng, first, config.pages, config.writes);
    }
    return uniformWorkload(prng, config.pages, config.writes);
  }
}
