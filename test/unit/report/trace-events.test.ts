import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type TraceEvent, traceEvents } from '../../../src/report/trace-events.ts';
import { sampleBench } from '../../support/report/sample-bench.ts';
import { sampleSaved } from '../../support/report/sample-saved.ts';

/** What the documentation of the trace event format demands of complete events and of metadata. */
const event = z.discriminatedUnion('ph', [
  z.strictObject({
    name: z.string().min(1),
    cat: z.string().min(1),
    ph: z.literal('X'),
    ts: z.number(),
    dur: z.number().min(0),
    pid: z.int(),
    tid: z.int(),
  }),
  z.strictObject({
    name: z.enum(['process_name', 'thread_name', 'process_sort_index', 'thread_sort_index']),
    ph: z.literal('M'),
    ts: z.literal(0),
    pid: z.int(),
    tid: z.int(),
    args: z.union([z.strictObject({ name: z.string().min(1) }), z.strictObject({ sort_index: z.int() })]),
  }),
]);
const document = z.strictObject({ traceEvents: z.array(event), displayTimeUnit: z.enum(['ms', 'ns']) });

describe('traceEvents', () => {
  const trace = traceEvents(sampleSaved);
  const { timelines } = sampleBench();

  it('is what the format demands', () => {
    expect(document.safeParse(JSON.parse(JSON.stringify(trace))).error).toBeUndefined();
  });

  it('names each process and each thread once, and has no event of another', () => {
    const named = (name: TraceEvent['name']) =>
      trace.traceEvents.flatMap((one) => (one.name === name ? [`${one.pid} ${one.tid}`] : []));
    const threads = named('thread_name');
    expect(new Set(threads).size).toBe(threads.length);
    expect(threads).toHaveLength(timelines.flatMap((timeline) => timeline.threads).length);
    expect(named('process_name')).toEqual(timelines.map((_, index) => `${index + 1} 0`));
    for (const one of trace.traceEvents) {
      if (one.ph === 'X') expect(threads).toContain(`${one.pid} ${one.tid}`);
    }
  });

  it('has every span, in microseconds', () => {
    const spans = timelines.flatMap(({ threads }) => threads.flatMap((thread) => thread.spans));
    const complete = trace.traceEvents.filter((one) => one.ph === 'X');
    expect(complete).toHaveLength(spans.length);
    const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
    const microseconds = sum(spans.map(({ durationNs }) => durationNs)) / 1000;
    expect(sum(complete.map(({ dur }) => dur)) / microseconds).toBeCloseTo(1, 4);
  });

  it('has what encloses in front of what it encloses', () => {
    const [first] = timelines;
    if (first === undefined) throw new Error('no timeline');
    const spans = [
      { kind: 'lock-wait', startNs: 10, durationNs: 5.4 },
      { kind: 'aging-pass', startNs: 0.4, durationNs: 100 },
      { kind: 'fault', startNs: 10, durationNs: 20.3 },
    ] as const;
    const timeline = { ...first, threads: [{ name: 'vcpu0', spans }] };
    const { traceEvents: events } = traceEvents([
      { file: 'x', kind: 'bench', result: { ...sampleBench(), timelines: [timeline] } },
    ]);
    expect(events.filter(({ ph }) => ph === 'X')).toEqual([
      { name: 'aging pass', cat: 'aging-pass', ph: 'X', ts: 0, dur: 0.1, pid: 1, tid: 1 },
      { name: 'page fault', cat: 'fault', ph: 'X', ts: 0.01, dur: 0.02, pid: 1, tid: 1 },
      { name: 'wait for mmu_lock', cat: 'lock-wait', ph: 'X', ts: 0.01, dur: 0.005, pid: 1, tid: 1 },
    ]);
  });

  it('is empty without timelines', () => {
    expect(traceEvents(sampleSaved.filter(({ kind }) => kind !== 'bench')).traceEvents).toEqual([]);
  });
});
