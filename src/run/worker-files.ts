import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

export type WorkerName =
  | 'vcpu'
  | 'aging'
  | 'host'
  | 'explore'
  | 'check'
  | 'race'
  | 'bench-vcpu'
  | 'bench-aging'
  | 'bench-host';

const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';

/** The file of a worker, beside this one: from `src` under tsx, from `dist` under plain Node. */
export function workerFile(name: WorkerName): string {
  return fileURLToPath(new URL(`../workers/${name}${extension}`, import.meta.url));
}

/** Workers started from sources need tsx, resolved to an absolute URL, since `--import` looks from the current folder. */
export function workerExecArgv(): string[] {
  if (extension === '.js') return [];
  return ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href];
}
