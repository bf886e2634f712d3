import { type AgingResult, type AgingTask, runAging } from '../stress/aging-run.ts';

export default function aging(task: AgingTask): AgingResult {
  return runAging(task);
}
