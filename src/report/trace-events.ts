import type { SpanKind } from '../bench/span.ts';
import type { BenchTimeline } from '../run/bench-result.ts';
import type { SavedResult } from '../run/saved/saved-result.ts';
import { countText } from './count-text.ts';
import { durationText } from './number-text.ts';

/** Chrome's trace event format, of which this is what Perfetto needs. */
export interface TraceEvents {
  readonly traceEvents: readonly TraceEvent[];
  readonly displayTimeUnit: 'ns';
}

export type TraceEvent = CompleteEvent | MetadataEvent;

interface CompleteEvent {
  readonly name: string;
  readonly cat: string;
  readonly ph: 'X';
  /** Microseconds, as is `dur`. */
  readonly ts: number;
  readonly dur: number;
  readonly pid: number;
  readonly tid: number;
}

interface MetadataEvent {
  readonly name: 'process_name' | 'thread_name' | 'process_sort_index' | 'thread_sort_index';
  readonly ph: 'M';
  readonly ts: 0;
  readonly pid: number;
  readonly tid: number;
  readonly args: { readonly name: string } | { readonly sort_index: number };
}

const NAMES: Readonly<Record<SpanKind, string>> = {
  fault: 'page fault',
  'lock-wait': 'wait for mmu_lock',
  'lock-read': 'mmu_lock, read',
  'lock-write': 'mmu_lock, write',
  'aging-pass': 'aging pass',
  invalidate: 'invalidate',
};

/** The timelines of benchmarks as trace events: a process a timeline, a thread a thread. */
export function traceEvents(saved: readonly SavedResult[]): TraceEvents {
  const timelines = saved.flatMap((document) => (document.kind === 'bench' ? document.result.timelines : []));
  return { traceEvents: timelines.flatMap((timeline, index) => eventsOf(timeline, index + 1)), displayTimeUnit: 'ns' };
}

function eventsOf(timeline: BenchTimeline, pid: number): TraceEvent[] {
  const threads = timeline.threads.flatMap(({ name, spans }, index): TraceEvent[] => {
    const tid = index + 1;
    // What encloses comes before what it encloses: viewers nest them in this order.
    const sorted = spans.toSorted((a, b) => a.startNs - b.startNs || b.durationNs - a.durationNs);
    return [
      named('thread_name', pid, tid, name),
      sortedAt('thread_sort_index', pid, tid, index),
      ...sorted.map(
        ({ kind, startNs, durationNs }): CompleteEvent => ({
          name: NAMES[kind],
          cat: kind,
          ph: 'X',
          ...wholeNanoseconds(startNs, startNs + durationNs),
          pid,
          tid,
        }),
      ),
    ];
  });
  return [named('process_name', pid, 0, title(timeline)), sortedAt('process_sort_index', pid, 0, pid), ...threads];
}

/** Both ends are rounded, so that what encloses another span still does. */
function wholeNanoseconds(start: number, end: number): { readonly ts: number; readonly dur: number } {
  return { ts: Math.round(start) / 1000, dur: (Math.round(end) - Math.round(start)) / 1000 };
}

function title({ variant, phase, vcpus, aging, faultWorkNs }: BenchTimeline): string {
  const work = faultWorkNs === 0 ? '' : `, faults +${durationText(faultWorkNs)}`;
  return `${variant}: ${phase}, ${countText(vcpus, 'vCPU')}, ${aging === 'none' ? 'no' : aging} aging${work}`;
}

function named(name: 'process_name' | 'thread_name', pid: number, tid: number, text: string): MetadataEvent {
  return { name, ph: 'M', ts: 0, pid, tid, args: { name: text } };
}

function sortedAt(
  name: 'process_sort_index' | 'thread_sort_index',
  pid: number,
  tid: number,
  index: number,
): MetadataEvent {
  return { name, ph: 'M', ts: 0, pid, tid, args: { sort_index: index } };
}
