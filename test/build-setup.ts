import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Builds `dist` once for the projects that run it: what users run, and workers that start without a TypeScript loader. */
export default function build(): void {
  if (process.env.PTE_AGING_BUILT !== undefined) return;
  execFileSync('npm', ['run', '--silent', 'build'], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  process.env.PTE_AGING_BUILT = '1';
}
