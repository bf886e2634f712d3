import type { BenchRatio, BenchResultConfig, BenchRow, RatioMetric } from './bench-result.ts';
import type { HostInfo } from './host-info.ts';

/** Clock readings around something that takes less than this many times as long tell about the clock. */
const SATURATED = 3;
/** Repeats of one run that differ by more than this factor do not measure the same thing. */
const WIDE_SPREAD = 1.5;
/** An interval that reaches from one half to the other of a ratio says little. */
const WIDE_INTERVAL = 1.5;

const METRIC: Readonly<Record<RatioMetric, string>> = { vcpuWall: 'vCPU time', agingPass: 'aging pass' };

/** What makes figures worth less than they look, most important first. */
export function benchWarnings(
  host: HostInfo,
  timerNs: number,
  config: BenchResultConfig,
  rows: readonly BenchRow[],
  ratios: readonly BenchRatio[],
): readonly string[] {
  return [
    ...moreThreadsThanCores(host, config),
    ...loaded(host),
    ...withoutCores(rows),
    ...tooFewRepeats(config, rows),
    ...oneVariant(config),
    ...unlikeCalls(config),
    ...wideSpreads(rows),
    ...wideIntervals(ratios),
    ...passesCutShort(rows),
    ...saturatedTimer(rows, timerNs),
    ...noPass(rows),
  ];
}

function moreThreadsThanCores({ cores }: HostInfo, { vcpus, agings, phases }: BenchResultConfig): string[] {
  const others = [
    ...(agings.some((aging) => aging !== 'none') ? ['an aging thread'] : []),
    ...(phases.includes('invalidate') ? ['a host that invalidates'] : []),
  ];
  const crowded = vcpus.filter((count) => count + others.length > cores);
  if (crowded.length === 0) return [];
  return [
    `${[`${crowded.join(', ')} vCPU${crowded.length === 1 && crowded[0] === 1 ? '' : 's'}`, ...others].join(', ')} on ${cores} cores: wall times, tails and waits include waiting for a core`,
  ];
}

/** Looked at before the first run. */
function loaded({ loadAverage, cores }: HostInfo): string[] {
  if (loadAverage < cores / 2) return [];
  return [`the machine was busy before the first run (load average ${loadAverage.toFixed(1)} on ${cores} cores)`];
}

/** Runs that others on the machine disturbed, and that were made again in vain, or had no cores from the beginning. */
function withoutCores(rows: readonly BenchRow[]): string[] {
  const crowded = rows.filter(({ crowdedIterations, iterations }) => 3 * crowdedIterations > iterations);
  if (crowded.length === 0) return [];
  return some(
    [...new Set(crowded.map(rowName))],
    (names) => `threads waited for a core in ${crowded.length} of ${rows.length} runs: ${names}`,
  );
}

function tooFewRepeats({ repeat }: BenchResultConfig, rows: readonly BenchRow[]): string[] {
  const made = rows.length === 0 ? repeat : Math.max(...rows.map((row) => row.repeat));
  if (made >= 6) return [];
  const least = made < 4 ? 'too few for an interval' : 'the intervals have a confidence below 95 %';
  return [`${made} repeat${made === 1 ? '' : 's'}: ${least}; --repeat 6 or more reaches it`];
}

function oneVariant({ variants }: BenchResultConfig): string[] {
  return variants.length > 1 ? [] : ['one variant: there is nothing to compare it with'];
}

function unlikeCalls({ batch }: BenchResultConfig): string[] {
  if (batch === 1) return [];
  return [
    `aging calls of ${batch} pages: a variant without a bitmap makes one a page, so that a ratio of passes is of the bitmap and the lock together`,
  ];
}

function wideSpreads(rows: readonly BenchRow[]): string[] {
  const groups = new Map<string, BenchRow[]>();
  for (const row of rows) {
    const name = `${rowName(row)} on ${row.variant}`;
    groups.set(name, [...(groups.get(name) ?? []), row]);
  }
  const wide = [...groups].filter(([, group]) => {
    const walls = group.map(({ vcpuWallNs }) => vcpuWallNs);
    return Math.max(...walls) > WIDE_SPREAD * Math.min(...walls);
  });
  return some(
    wide.map(([name]) => name),
    (names) => `repeats of the vCPUs' time spread by more than ${WIDE_SPREAD} times: ${names}`,
  );
}

function wideIntervals(ratios: readonly BenchRatio[]): string[] {
  const wide = ratios.filter(({ low, high }) => high > WIDE_INTERVAL * low);
  return some(
    wide.map((ratio) => `${METRIC[ratio.metric]} in ${rowName(ratio)}`),
    (names) =>
      `intervals wider than ${WIDE_INTERVAL} times: ${names}; more --repeat or a longer --duration would narrow them`,
  );
}

/** Where a pass takes longer than the vCPUs, most of it met nobody. */
function passesCutShort(rows: readonly BenchRow[]): string[] {
  const long = rows.filter(({ agingPassNs, vcpuWallNs }) => agingPassNs !== null && 2 * agingPassNs > vcpuWallNs);
  return some(
    [...new Set(long.map(rowName))],
    (names) => `aging passes that take longer than half of the vCPUs' time, and outlast them: ${names}`,
  );
}

function saturatedTimer(rows: readonly BenchRow[], timerNs: number): string[] {
  const saturated = rows.filter(({ accessNs }) => accessNs.p50 !== null && accessNs.p50 < SATURATED * timerNs);
  const names = [...new Set(saturated.map(({ phase }) => phase))];
  if (names.length === 0) return [];
  return [
    `the timer is saturated (${timerNs} ns a measurement): the median access of ${names.join(', ')} is mostly the clock; its tail is not`,
  ];
}

/** A period that is longer than what is measured. */
function noPass(rows: readonly BenchRow[]): string[] {
  const none = rows.filter(({ aging, passes }) => aging !== 'none' && passes === 0);
  return some([...new Set(none.map(rowName))], (names) => `runs in which no aging pass began: ${names}`);
}

function rowName({
  phase,
  vcpus,
  aging,
  faultWorkNs,
}: Pick<BenchRow, 'phase' | 'vcpus' | 'aging' | 'faultWorkNs'>): string {
  const work = faultWorkNs === 0 ? 'bare' : `${faultWorkNs} ns`;
  return `${phase}/${vcpus} vCPU${vcpus === 1 ? '' : 's'}/${aging === 'none' ? 'no aging' : aging}/${work}`;
}

/** Up to a few names, and how many more. */
function some(names: readonly string[], sentence: (names: string) => string): string[] {
  if (names.length === 0) return [];
  const shown = names.slice(0, 4).join(', ');
  return [sentence(names.length > 4 ? `${shown} and ${names.length - 4} more` : shown)];
}
