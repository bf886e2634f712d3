import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { workflowSteps } from '../../scripts/workflow-steps.ts';
import { runCli } from '../support/cli/run-cli.ts';

const steps = workflowSteps(readFileSync(new URL('../../examples/ci/github-actions.yml', import.meta.url), 'utf8'));
const commands = steps.flatMap(({ run }) => [...(run ?? '').matchAll(/npx pte-aging (\w+)(.*)/g)]);

describe('the example workflow', () => {
  it('checks, stresses, measures and reports', () => {
    expect(commands.map(([, command]) => command)).toEqual(['check', 'stress', 'bench', 'report']);
  });

  it.each(commands.map(([text, command, options]) => ({ text, command, options })))(
    'uses options that there are: $text',
    async ({ command, options }) => {
      const { stdout } = await runCli([command as string, '--help']);
      for (const [option] of (options as string).matchAll(/--[a-z-]+/g)) expect(stdout).toContain(`${option} `);
    },
  );

  it('reports and publishes whatever has failed before', () => {
    const [, ...afterCheck] = steps.slice(steps.findIndex(({ run }) => run?.includes('pte-aging check')));
    for (const step of afterCheck) expect(step.if, step.name).toMatch(/!cancelled\(\)|refs\/heads\/main/);
  });
});
