import type { BenchCell } from '../bench/bench-config.ts';
import { MAX_SPANS, SPAN_RECORD } from '../bench/bench-task.ts';
import { type SpanKind, spanKinds } from '../bench/span.ts';
import type { BenchGang } from './bench-gang.ts';
import type { BenchTimeline, TimelineSpan } from './bench-result.ts';

/** A picture of more would be one of nothing in particular. */
const WINDOW_NS = 250_000;
/** What led to it. */
const BEFORE_WAIT_NS = 50_000;

/**
 * What the gang's threads did in a part of the iteration that recorded spans: shortly before somebody first had to wait for
 * `mmu_lock`, or from the first fault on if nobody had to. It ends early where a thread had no more room: beyond that the
 * picture would show some threads at work and others idle.
 */
export function benchTimeline(gang: BenchGang, cell: BenchCell): BenchTimeline {
  const { config, records } = gang;
  const names = [...Array.from({ length: config.vcpus }, (_, vcpu) => `vcpu${vcpu}`), 'aging', 'host'];
  const threads = names.map((name, thread) => ({ name, spans: spansOf(thread), truncated: isTruncated(thread) }));
  const firstOf = (wanted: SpanKind): number =>
    Math.min(...threads.flatMap(({ spans }) => spans.filter(({ kind }) => kind === wanted).map(startOf)));
  const firstWaitNs = firstOf('lock-wait');
  const beginNs = Number.isFinite(firstWaitNs) ? firstWaitNs - BEFORE_WAIT_NS : firstOf('fault');
  const endNs = Math.min(
    beginNs + WINDOW_NS,
    ...threads.filter(({ truncated }) => truncated).map(({ spans }) => startOf(spans.at(-1) as TimelineSpan)),
  );
  return {
    ...cell,
    variant: config.variant,
    threads: threads
      .filter(({ spans }) => spans.length > 0)
      .map(({ name, spans }) => ({
        name,
        spans: spans
          .filter(({ startNs, durationNs }) => startNs + durationNs >= beginNs && startNs <= endNs)
          .map(({ kind, startNs, durationNs }) => {
            const from = Math.max(startNs, beginNs);
            const to = Math.min(startNs + durationNs, endNs);
            return { kind, startNs: Math.round(from - beginNs), durationNs: Math.round(to - from) };
          })
          .toSorted((a, b) => a.startNs - b.startNs),
      })),
  };

  function isTruncated(thread: number): boolean {
    return (records.spanCounts[thread] as number) > MAX_SPANS;
  }

  function spansOf(thread: number): readonly TimelineSpan[] {
    const count = Math.min(MAX_SPANS, records.spanCounts[thread] as number);
    return Array.from({ length: count }, (_, index) => {
      const at = (thread * MAX_SPANS + index) * SPAN_RECORD;
      const [kind, startNs, durationNs] = records.spans.subarray(at, at + SPAN_RECORD) as unknown as [
        number,
        number,
        number,
      ];
      return { kind: spanKinds[kind] as SpanKind, startNs, durationNs };
    });
  }
}

function startOf({ startNs }: TimelineSpan): number {
  return startNs;
}
