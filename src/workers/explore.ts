import { type Exploration, explore } from '../explore/explore.ts';
import { ExploreGauge, type ExploreReply, type ExploreTask, type NamedExploration } from '../explore/explore-task.ts';

export default async function exploreModule(task: ExploreTask): Promise<ExploreReply> {
  let exported: Record<string, unknown>;
  try {
    exported = (await import(task.module)) as Record<string, unknown>;
  } catch (error) {
    return { problem: `cannot be loaded: ${error instanceof Error ? error.message : String(error)}` };
  }
  const candidates = Object.entries(exported).filter((entry): entry is [string, Exploration<string>] =>
    isExploration(entry[1]),
  );
  if (candidates.length === 0) {
    return { problem: 'exports no exploration; accepted: exports with `words` and `threads`, as `explore` takes them' };
  }
  const explorations: NamedExploration[] = [];
  for (const [name, exploration] of candidates) {
    if (Atomics.load(task.control, 0) !== 0) break;
    explorations.push({ name, result: explore(withTask(exploration, task)) });
  }
  return { explorations };
}

function isExploration(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'words' in value && 'threads' in value;
}

function withTask(exploration: Exploration<string>, task: ExploreTask): Exploration<string> {
  const { gauges, control, maxStates, milliseconds } = task;
  return {
    ...exploration,
    budget: {
      ...exploration.budget,
      ...(maxStates === null ? {} : { states: maxStates }),
      ...(milliseconds === null ? {} : { milliseconds }),
      now: () => performance.now(),
    },
    onProgress(progress) {
      gauges[ExploreGauge.states] = progress.states;
      gauges[ExploreGauge.transitions] = progress.transitions;
      gauges[ExploreGauge.statesPerSecond] = progress.statesPerSecond ?? 0;
      gauges[ExploreGauge.estimatedStates] = progress.estimatedStates ?? 0;
      return Atomics.load(control, 0) === 0;
    },
  };
}
