/**
 * Runs the commands of the example workflow on this machine, one step after another, as a runner would: a step that has no `if`
 * only after success. Actions are named and left out. `npm run try-workflow [-- FOLDER]`; results go to a temporary folder
 * beside a clone otherwise.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type WorkflowStep, workflowSteps } from './workflow-steps.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
if (process.argv[2]?.startsWith('-') === true)
  throw new RangeError(`${process.argv[2]}: accepted: a folder, or nothing`);
const scratch = mkdtempSync(join(tmpdir(), 'pte-aging-workflow-'));
const folder = process.argv[2] ?? join(scratch, 'clone');
const outputs = new Map<string, string>();
let failed = false;

function git(...args: readonly string[]): string {
  const { stdout, status, stderr } = spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  return stdout.trim();
}

function value(expression: string): string {
  if (expression === 'github.sha') return git('rev-parse', 'HEAD');
  const known = outputs.get(expression);
  if (known === undefined) throw new Error(`\${{ ${expression} }}: no value here`);
  return known;
}

/** `success()` or nothing: only if no step has failed. `!cancelled()`: always. The branch is taken for the main one. */
function isDue({ if: condition }: WorkflowStep): boolean {
  return condition?.includes('!cancelled()') === true || !failed;
}

function perform({ name, id, run, uses }: WorkflowStep): void {
  if (run === undefined) {
    process.stdout.write(`== ${name ?? uses}: ${uses}, left out\n`);
    return;
  }
  process.stdout.write(`== ${name ?? run}\n`);
  const output = join(scratch, 'output');
  const summary = join(scratch, 'summary.md');
  writeFileSync(output, '');
  const script = run.replaceAll(/\$\{\{ *(.*?) *\}\}/g, (_, expression: string) => value(expression));
  const { status } = spawnSync('bash', ['-e', '-c', script], {
    cwd: folder,
    stdio: 'inherit',
    env: { ...process.env, CI: 'true', GITHUB_ACTIONS: 'true', GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary },
  });
  for (const line of readFileSync(output, 'utf8').split('\n').filter(Boolean)) {
    const [key = '', ...rest] = line.split('=');
    outputs.set(`steps.${id}.outputs.${key}`, rest.join('='));
  }
  if (status === 0) return;
  failed = true;
  process.stdout.write(`== ${name ?? run}: exit code ${status}\n`);
}

if (process.argv[2] === undefined) git('clone', '--quiet', root, folder);
for (const step of workflowSteps(readFileSync(join(root, 'examples/ci/github-actions.yml'), 'utf8'))) {
  if (isDue(step)) perform(step);
}
process.stdout.write(`== ${failed ? 'failed' : 'passed'}; results are in ${join(folder, 'results')}\n`);
process.exitCode = failed ? 1 : 0;
