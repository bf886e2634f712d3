import { parse } from 'yaml';
import { z } from 'zod';

const stepSchema = z.object({
  name: z.string().optional(),
  id: z.string().optional(),
  if: z.string().optional(),
  run: z.string().optional(),
  uses: z.string().optional(),
});

const workflowSchema = z.object({ jobs: z.record(z.string(), z.object({ steps: z.array(stepSchema) })) });

/** One step of a GitHub workflow: a command, or an action of somebody else's. */
export type WorkflowStep = z.infer<typeof stepSchema>;

/** The steps of a workflow's jobs, one after another. */
export function workflowSteps(text: string): readonly WorkflowStep[] {
  return Object.values(workflowSchema.parse(parse(text)).jobs).flatMap(({ steps }) => steps);
}
